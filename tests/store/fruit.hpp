#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "peerlab/store/table.hpp"

/// A small table to test with: fruit by name, by colour, and each with a number of its own.
struct Fruit {
  std::string name;
  std::string colour;
  std::string number;  ///< empty: in no index
};

inline peerlab::store::Table<Fruit>::Schema fruit_schema() {
  using peerlab::store::key;
  return {
      .name = "fruit",
      .primary = [](const Fruit& fruit) { return key({fruit.name}); },
      .encode =
          [](const Fruit& fruit) { return fruit.name + "," + fruit.colour + "," + fruit.number; },
      .decode =
          [](std::string_view row) {
            const auto first = row.find(',');
            const auto second = row.find(',', first + 1);
            return Fruit{std::string(row.substr(0, first)),
                         std::string(row.substr(first + 1, second - first - 1)),
                         std::string(row.substr(second + 1))};
          },
      .indexes =
          {
              {"colour", [](const Fruit& fruit) { return std::vector{key({fruit.colour})}; }},
              {"number",
               [](const Fruit& fruit) {
                 return fruit.number.empty() ? std::vector<std::string>{}
                                             : std::vector{key({fruit.number})};
               },
               true},
          }};
}

inline constexpr std::size_t by_colour = 0;
inline constexpr std::size_t by_number = 1;

/// The names of the rows, with a blank between.
inline std::string names(const std::vector<const Fruit*>& rows) {
  std::string out;
  for (const Fruit* row : rows) out += (out.empty() ? "" : " ") + row->name;
  return out;
}

struct Orchard {
  peerlab::store::Store store;
  peerlab::store::Table<Fruit> fruit{store, fruit_schema()};

  peerlab::store::Commit put(peerlab::store::RaftIndex index, Fruit row) {
    peerlab::store::Transaction transaction(store, index);
    fruit.put(std::move(row));
    return transaction.commit();
  }
};
