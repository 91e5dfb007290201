#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/hash.hpp"

namespace peerlab::net {

/// Tells the types of payloads apart. Made from the payload's name, so it is the same in every
/// build and process and needs no central list.
enum class FrameKind : std::uint32_t {};

constexpr FrameKind frame_kind(std::string_view name) {
  std::uint32_t hash = 2166136261U;  // FNV-1a, 32 bits
  for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619U;
  return FrameKind{hash};
}

/// What a payload type tells about itself in order to travel in a Frame.
///
/// As it stands it reads members of the type: `frame_name` (a constant, such as
/// `"peering/heartbeat"`), `encoded_size()` and `hash_into(Hasher&)`. The two functions may be
/// missing where the bytes of the object are its value (no padding, no pointers); its size is then
/// `sizeof`. `passes_mute = true` marks what is sent below the application (keepalives), which a
/// muted host goes on sending. Types without members (a variant) specialise this template.
template <class T>
struct FrameTraits {
  static constexpr std::string_view name = T::frame_name;
  static constexpr bool raw = !requires(const T& value, Hasher& hasher) {
    value.hash_into(hasher);
  };
  static_assert(!raw || (std::is_trivially_copyable_v<T> &&
                         std::has_unique_object_representations_v<T>),
                "a payload with padding, pointers or owned memory needs hash_into(Hasher&)");

  static constexpr bool passes_mute() {
    if constexpr (requires { T::passes_mute; }) return T::passes_mute;
    return false;
  }
  static std::size_t encoded_size(const T& value) {
    if constexpr (requires { value.encoded_size(); }) {
      return value.encoded_size();
    } else {
      static_assert(std::is_trivially_copyable_v<T>,
                    "a payload that owns memory needs encoded_size()");
      return sizeof(T);
    }
  }
  static void hash_into(Hasher& hasher, const T& value) {
    if constexpr (raw) {
      hasher.add(std::string_view(reinterpret_cast<const char*>(&value), sizeof(T)));
    } else {
      value.hash_into(hasher);
    }
  }
};

template <class T>
concept FramePayload = std::is_same_v<T, std::remove_cvref_t<T>> && requires {
  { FrameTraits<T>::name } -> std::convertible_to<std::string_view>;
};

template <FramePayload T>
inline constexpr FrameKind kind_of = frame_kind(FrameTraits<T>::name);

/// One message on its way: a value of any payload type.
///
/// Fills one cache line. Trivially copyable payloads of up to 56 bytes lie inside, and then no
/// memory is allocated; others lie on the heap. Moves only; `clone` makes a copy of the value.
class alignas(8) Frame {
 public:
  static constexpr std::size_t inline_bytes = 56;

  Frame() = default;  ///< empty: may be assigned to, moved, destroyed and asked `empty`

  template <class T>
  requires FramePayload<std::remove_cvref_t<T>> Frame(
      T&& payload) {  // NOLINT: converts on purpose, so that roles send plain structs
    using Payload = std::remove_cvref_t<T>;
    if constexpr (fits<Payload>) {
      ::new (static_cast<void*>(storage_)) Payload(std::forward<T>(payload));
    } else {
      store(new Payload(std::forward<T>(payload)));
    }
    type_ = &type_of<Payload>;
  }

  Frame(Frame&& other) noexcept : type_(std::exchange(other.type_, nullptr)) {
    std::memcpy(storage_, other.storage_, inline_bytes);
  }
  Frame& operator=(Frame&& other) noexcept {
    if (this == &other) return *this;
    reset();
    type_ = std::exchange(other.type_, nullptr);
    std::memcpy(storage_, other.storage_, inline_bytes);
    return *this;
  }
  ~Frame() { reset(); }

  void reset() {
    if (type_ != nullptr && type_->destroy != nullptr) type_->destroy(heap());
    type_ = nullptr;
  }

  bool empty() const { return type_ == nullptr; }

  /// The five below need a frame that is not empty.
  FrameKind kind() const { return type_->kind; }
  std::string_view name() const { return type_->name; }
  bool passes_mute() const { return type_->passes_mute; }
  /// How many bytes the message takes once encoded, framing of the layers below not counted.
  std::size_t encoded_size() const { return type_->encoded_size(data()); }
  void hash_into(Hasher& hasher) const { type_->hash_into(hasher, data()); }

  /// The bytes of the payload where they are its value; empty for other payloads.
  std::span<const std::byte> raw_bytes() const {
    return {static_cast<const std::byte*>(data()), type_->raw_size};
  }

  template <FramePayload T>
  bool is() const {
    return type_ == &type_of<T>;
  }

  /// The payload, or null if it is of another type.
  template <FramePayload T>
  const T* get_if() const {
    return is<T>() ? static_cast<const T*>(data()) : nullptr;
  }

  /// The payload, which must be of this type.
  template <FramePayload T>
  const T& get() const {
    PEERLAB_ASSERT(is<T>());
    return *static_cast<const T*>(data());
  }

  /// Moves the payload, which must be of this type, out; leaves the frame empty.
  template <FramePayload T>
  T take() {
    PEERLAB_ASSERT(is<T>());
    T payload = std::move(*static_cast<T*>(const_cast<void*>(data())));
    reset();
    return payload;
  }

  /// A second frame with an equal payload. The payload type must be copyable.
  Frame clone() const;

 private:
  struct Type {
    FrameKind kind;
    bool passes_mute;
    bool inside;           // the payload lies in storage_
    std::size_t raw_size;  // 0 where the bytes are not the value
    std::string_view name;
    std::size_t (*encoded_size)(const void*);
    void (*hash_into)(Hasher&, const void*);
    void (*destroy)(void*);      // null for payloads inside
    void* (*copy)(const void*);  // null for payloads inside and those that cannot be copied
  };

  template <class T>
  static constexpr bool fits = std::is_trivially_copyable_v<T> && sizeof(T) <= inline_bytes &&
                               alignof(T) <= 8;

  template <class T>
  static constexpr Type make_type();
  template <class T>
  static inline constexpr Type type_of = make_type<T>();

  void store(void* payload) { std::memcpy(storage_, &payload, sizeof payload); }
  void* heap() const {
    void* payload = nullptr;
    std::memcpy(&payload, storage_, sizeof payload);
    return payload;
  }
  const void* data() const { return type_->inside ? static_cast<const void*>(storage_) : heap(); }

  const Type* type_ = nullptr;
  std::byte storage_[inline_bytes];
};
static_assert(sizeof(Frame) == 64);

template <class T>
constexpr Frame::Type Frame::make_type() {
  using Traits = FrameTraits<T>;
  Type type{kind_of<T>, false, fits<T>, 0, Traits::name, nullptr, nullptr, nullptr, nullptr};
  if constexpr (requires { Traits::passes_mute(); }) type.passes_mute = Traits::passes_mute();
  if constexpr (requires { requires Traits::raw; }) type.raw_size = sizeof(T);
  type.encoded_size = [](const void* payload) {
    return static_cast<std::size_t>(Traits::encoded_size(*static_cast<const T*>(payload)));
  };
  type.hash_into = [](Hasher& hasher, const void* payload) {
    Traits::hash_into(hasher, *static_cast<const T*>(payload));
  };
  if constexpr (!fits<T>) {
    type.destroy = [](void* payload) { delete static_cast<T*>(payload); };
    if constexpr (std::is_copy_constructible_v<T>) {
      type.copy = [](const void* payload) -> void* {
        return new T(*static_cast<const T*>(payload));
      };
    }
  }
  return type;
}

inline Frame Frame::clone() const {
  Frame copy;
  if (type_ == nullptr) return copy;
  if (type_->inside) {
    std::memcpy(copy.storage_, storage_, inline_bytes);
  } else {
    PEERLAB_ASSERT(type_->copy != nullptr);
    copy.store(type_->copy(heap()));
  }
  copy.type_ = type_;
  return copy;
}

}  // namespace peerlab::net
