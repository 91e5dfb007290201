#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <concepts>
#include <optional>
#include <string>
#include <vector>

#include "catalog/json_writer.hpp"
#include "peerlab/catalog/json.hpp"

/// Protobuf from descriptions: field number n of a message is field n of the described type.
namespace peerlab::catalog {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

template <class T>
concept StrongText = requires(const T& value) {
  { value.value() } -> std::convertible_to<std::string_view>;
};

/// A value that one Protobuf scalar holds.
template <class T>
concept Scalar = std::same_as<T, std::string> || std::integral<T> || std::same_as<T, Duration> ||
    std::same_as<T, Json> || std::same_as<T, Json::Object> || StrongText<T>;

template <Described T>
void write_proto(const T& value, Message& message);
template <Described T>
void read_proto(const Message& message, T& value);

template <class T>
std::string scalar_text(const T& value) {
  if constexpr (std::same_as<T, std::string>) {
    return value;
  } else if constexpr (StrongText<T>) {
    return value.value();
  } else {
    return to_text(Json(value));
  }
}

template <class T>
void set_scalar(const T& value, Message& message, const FieldDescriptor* field, bool repeated) {
  const auto* reflection = message.GetReflection();
  if constexpr (std::same_as<T, bool>) {
    reflection->SetBool(&message, field, value);
  } else if constexpr (std::same_as<T, Duration>) {
    reflection->SetInt64(&message, field, value.count());
  } else if constexpr (std::signed_integral<T>) {
    reflection->SetInt64(&message, field, value);
  } else if constexpr (std::unsigned_integral<T>) {
    reflection->SetUInt64(&message, field, value);
  } else if (repeated) {
    reflection->AddString(&message, field, scalar_text(value));
  } else {
    reflection->SetString(&message, field, scalar_text(value));
  }
}

template <class T>
void set_text(std::string text, T& value) {
  if constexpr (std::same_as<T, std::string>) {
    value = std::move(text);
  } else if constexpr (StrongText<T>) {
    value = T(std::move(text));
  } else {
    // Written by us; what cannot be read is taken for nothing.
    const auto json = read_go_json(text, GoJsonExtent::whole);
    Json read = json ? to_json(*json) : Json();
    if constexpr (std::same_as<T, Json>) {
      value = std::move(read);
    } else if (read.object() != nullptr) {
      value = *read.object();
    }
  }
}

template <class T>
void get_scalar(const Message& message, const FieldDescriptor* field, T& value) {
  const auto* reflection = message.GetReflection();
  if constexpr (std::same_as<T, bool>) {
    value = reflection->GetBool(message, field);
  } else if constexpr (std::same_as<T, Duration>) {
    value = Duration(reflection->GetInt64(message, field));
  } else if constexpr (std::signed_integral<T>) {
    value = static_cast<T>(reflection->GetInt64(message, field));
  } else if constexpr (std::unsigned_integral<T>) {
    value = static_cast<T>(reflection->GetUInt64(message, field));
  } else {
    set_text(reflection->GetString(message, field), value);
  }
}

template <class T>
void write_field(const T& value, Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  if constexpr (Scalar<T>) {
    // Empty is the default of Protobuf and takes no bytes.
    if (!is_empty(value, plain)) set_scalar(value, message, field, false);
  } else if constexpr (Described<T>) {
    write_proto(value, *reflection->MutableMessage(&message, field));
  } else if constexpr (is_optional<T>) {
    using Inner = typename T::value_type;
    if (!value) return;
    if constexpr (Scalar<Inner>) {
      set_scalar(*value, message, field, false);
    } else {
      write_field(*value, message, field);
    }
  } else if constexpr (requires { typename T::mapped_type; }) {
    for (const auto& [key, mapped] : value) {
      Message* entry = reflection->AddMessage(&message, field);
      entry->GetReflection()->SetString(entry, entry->GetDescriptor()->field(0), key);
      write_field(mapped, *entry, entry->GetDescriptor()->field(1));
    }
  } else {
    for (const auto& item : value) {
      if constexpr (Scalar<typename T::value_type>) {
        set_scalar(item, message, field, true);
      } else {
        write_proto(item, *reflection->AddMessage(&message, field));
      }
    }
  }
}

template <class T>
void read_field(const Message& message, const FieldDescriptor* field, T& value) {
  const auto* reflection = message.GetReflection();
  if constexpr (Scalar<T>) {
    get_scalar(message, field, value);
  } else if constexpr (Described<T>) {
    read_proto(reflection->GetMessage(message, field), value);
  } else if constexpr (is_optional<T>) {
    if (reflection->HasField(message, field)) read_field(message, field, value.emplace());
  } else if constexpr (requires { typename T::mapped_type; }) {
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      const Message& entry = reflection->GetRepeatedMessage(message, field, i);
      std::string key;
      get_scalar(entry, entry.GetDescriptor()->field(0), key);
      read_field(entry, entry.GetDescriptor()->field(1), value[key]);
    }
  } else {
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      auto& item = value.emplace_back();
      if constexpr (Scalar<typename T::value_type>) {
        set_text(reflection->GetRepeatedString(message, field, i), item);
      } else {
        read_proto(reflection->GetRepeatedMessage(message, field, i), item);
      }
    }
  }
}

template <Described T>
void write_proto(const T& value, Message& message) {
  int number = 0;
  for_each_field<T>([&](const auto& field) {
    write_field(value.*(field.member), message, message.GetDescriptor()->field(number++));
  });
}

template <Described T>
void read_proto(const Message& message, T& value) {
  int number = 0;
  for_each_field<T>([&](const auto& field) {
    read_field(message, message.GetDescriptor()->field(number++), value.*(field.member));
  });
}

}  // namespace peerlab::catalog
