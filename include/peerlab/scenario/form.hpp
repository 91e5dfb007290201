#pragma once

#include <span>
#include <string_view>

namespace peerlab::scenario {

struct Key;

/// The shape that a part of a scenario file must have. All forms are constants of one table
/// (vocabulary.cpp), from which come the parser's checks, the JSON Schema and the reference page.
struct Form {
  enum class Kind {
    text,             ///< any scalar, taken as written
    name,             ///< a scalar that names something of the scenario
    boolean,          ///< true or false
    integer,          ///< not negative
    count,            ///< `3`, `"<= 5"`
    size_count,       ///< `512KiB`, `"<= 512KiB"`
    duration,         ///< `250ms`, `5s`, `1m30s`
    signed_duration,  ///< `+30s`, `-2m`
    size,             ///< `8MiB`
    rate,             ///< `200kbit` a second
    percent,          ///< `1%`
    choice,           ///< one of `choices`
    list,             ///< of `element`; a single element may stand without brackets
    map,              ///< any keys, each value of `element`
    record,    ///< the keys of `keys`; a scalar is read as the key `shorthand`, where there is one
    steps,     ///< a list of steps: maps with one verb each, and perhaps a title (`as`)
    checks,    ///< a list of checks: maps with the name of a check each
    anything,  ///< judged by whoever reads it (config entries, JSON bodies)
  };

  Kind kind = Kind::anything;
  std::string_view title;         ///< for messages and the reference page: `a duration`
  std::string_view choices = {};  ///< for `choice`: `a|b|c`
  const Form* element = nullptr;
  std::span<const Key> keys = {};
  std::string_view shorthand = {};
  bool filled = false;  ///< of `checks`: an empty list is a mistake
};

/// One key of a record.
struct Key {
  std::string_view name;
  const Form* form;
  bool required;
  std::string_view doc;
};

/// A verb of a step or the name of a check.
struct Word {
  enum class Group { act, breakage, time, check, shape, fact };

  std::string_view name;
  Group group;
  const Form* form;
  std::string_view doc;
  std::string_view example;  ///< one line of YAML
};

}  // namespace peerlab::scenario
