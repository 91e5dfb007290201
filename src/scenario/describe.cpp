#include "peerlab/scenario/describe.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "peerlab/checks/invariant.hpp"
#include "peerlab/scenario/vocabulary.hpp"

namespace peerlab::scenario {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Form::Kind;

// --- JSON Schema --------------------------------------------------------------------------------

// A variable may stand for any scalar.
constexpr const char* variable = "\\$\\{[^}]+\\}";

Json schema_of(const Form& form);

Json pattern(const std::string& text, std::string_view title) {
  return {{"type", "string"},
          {"pattern", fmt::format("^({}|.*{}.*)$", text, variable)},
          {"description", title}};
}

Json record_schema(const Form& form) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Key& key : form.keys) {
    Json schema = schema_of(*key.form);
    schema["description"] = key.doc;
    properties[std::string(key.name)] = std::move(schema);
    if (key.required) required.push_back(key.name);
  }
  // `when` chooses rows of the matrix and may stand in any step or check.
  properties["when"] = {{"type", "object"}};
  properties["covers"] = schema_of(statements());
  properties["covers"]["description"] = "Statements of the specification that it proves.";
  Json record{{"type", "object"},
              {"properties", std::move(properties)},
              {"required", std::move(required)},
              {"additionalProperties", false}};
  if (form.shorthand.empty()) return record;
  for (const Key& key : form.keys) {
    if (key.name == form.shorthand) {
      return {{"anyOf", Json::array({std::move(record), schema_of(*key.form)})}};
    }
  }
  return record;
}

Json schema_of(const Form& form) {
  switch (form.kind) {
    case Kind::anything:
      return Json::object();
    case Kind::text:
      return {{"type", {"string", "number", "boolean"}}, {"description", form.title}};
    case Kind::name:
      return {{"type", "string"}, {"minLength", 1}, {"description", form.title}};
    case Kind::boolean:
      return {{"anyOf", Json::array({{{"type", "boolean"}}, pattern("true|false", form.title)})}};
    case Kind::integer:
      return {{"anyOf", Json::array({{{"type", "integer"}, {"minimum", 0}},
                                     pattern("[0-9]+", form.title)})}};
    case Kind::count:
      return {{"anyOf", Json::array({{{"type", "integer"}, {"minimum", 0}},
                                     pattern("([<>=!]=|[<>])? *[0-9]+", form.title)})}};
    case Kind::size_count:
      return pattern("([<>=!]=|[<>])? *([0-9]+(B|kB|MB|GB|KiB|MiB|GiB)|0)", form.title);
    case Kind::duration:
      return pattern("([0-9.]+(h|m|s|ms|us|ns))+|0", form.title);
    case Kind::signed_duration:
      return pattern("[+-]?([0-9.]+(h|m|s|ms|us|ns))+|0", form.title);
    case Kind::size:
      return pattern("[0-9]+(B|kB|MB|GB|KiB|MiB|GiB)|0", form.title);
    case Kind::rate:
      return pattern("[0-9]+(bit|kbit|Mbit|Gbit)", form.title);
    case Kind::percent:
      return pattern("[0-9.]+%", form.title);
    case Kind::choice:
      return pattern(std::string(form.choices), form.title);
    case Kind::list:
      return {{"anyOf", Json::array({{{"type", "array"}, {"items", schema_of(*form.element)}},
                                     schema_of(*form.element)})}};
    case Kind::map:
      return {{"type", "object"}, {"additionalProperties", schema_of(*form.element)}};
    case Kind::record:
      return record_schema(form);
    case Kind::steps:
      return {{"$ref", "#/$defs/steps"}};
    case Kind::checks:
      return {{"$ref", "#/$defs/checks"}};
  }
  return Json::object();
}

Json words_schema(std::span<const Word> words, bool with_title) {
  Json properties = Json::object();
  for (const Word& word : words) {
    Json schema = schema_of(*word.form);
    schema["description"] = word.doc;
    properties[std::string(word.name)] = std::move(schema);
  }
  if (with_title) properties["as"] = {{"type", "string"}, {"description", "A title for reports."}};
  properties["when"] = {{"type", "object"}};
  properties["covers"] = schema_of(statements());
  properties["covers"]["description"] = "Statements of the specification that it proves.";
  return {{"type", "array"},
          {"items",
           {{"type", "object"},
            {"minProperties", 1},
            {"properties", std::move(properties)},
            {"additionalProperties", false}}}};
}

// --- reference page -----------------------------------------------------------------------------

std::string type_text(const Form& form) {
  if (form.kind == Kind::steps) return "a list of steps";
  if (form.kind == Kind::checks) return "a list of checks";
  return std::string(form.title);
}

std::string keys_table(const Form& form) {
  std::string table = "| key | value | meaning |\n|---|---|---|\n";
  for (const Key& key : form.keys) {
    table += fmt::format("| `{}`{} | {} | {} |\n", key.name, key.required ? " (required)" : "",
                         type_text(*key.form), key.doc);
  }
  return table;
}

std::string word_section(const Word& word) {
  std::string section =
      fmt::format("### `{}`\n\n{}\n\n```yaml\n- {}\n```\n\n", word.name, word.doc, word.example);
  if (word.form->kind == Kind::record) {
    section += keys_table(*word.form);
    for (const Key& key : word.form->keys) {
      if (key.form->kind != Kind::record) continue;
      section += fmt::format("\n`{}` has these keys:\n\n{}", key.name, keys_table(*key.form));
    }
  } else {
    section += fmt::format("Takes {}.\n", type_text(*word.form));
  }
  return section + '\n';
}

constexpr const char* page_head = R"(# Scenario reference

This page is printed by `peerlab reference` from the table that the parser is made of.

A scenario is one YAML file. Steps and checks are maps with one word each. Variables are `${name}`
in scalars; each combination of the `matrix` is a case of its own, and a step or check with
`when: { name: [values] }` belongs only to the cases that have one of these values. A step may have a
title (`as`). Beside a check, or a step that checks, `covers: C-121` (or a list) names the statements
of the specification that it proves; `covers` at the top of the file may only name statements that
some check of the file carries.

`catches` at the top of the file says which planted bugs it must find: `HB-050: active-is-alive` names
the invariant that must break, `HB-051: the state is FAILING` the title of the step that must fail, and
`finally` the checks at the end. `peerlab mutants` runs all of them.

## Names

| path | what it names |
|---|---|
| `dc1` | every host of the cluster; where peerings, services and entries are meant, its partition `default` |
| `dc1@web` | the partition `web` of an enterprise cluster |
| `dc1/server/0`, `dc1/server/leader` | a server, counted from 0; the one that leads at the time |
| `dc1/agent/0`, `dc1/gateway/0` | a client agent, a mesh gateway |
| `dc1/server`, `dc1/agent`, `dc1/gateway` | all of them |
| `dc1/service/web`, short `dc1/web` | every instance of a service |
| `dc1/service/web/0`, short `dc1/web/0` | one instance, counted from 0 |
| `dc1/sidecar/web/0` | the sidecar of that instance; the two are hosts of their own |
| `dc2@web/gateway/0`, `dc2@web/service/web/0` | the same in a partition |

A peer is called after the other cluster (`dc2`, or `dc2-web` after its partition `web`), unless
`names` says otherwise. What an `http` step captures is `${name}` in later steps,
in what they ask for and in what they expect.

Durations are `250ms`, `5s`, `1m30s`; sizes `64KiB`, `8MiB`; rates `200kbit`; shares `1%`; counts
`3`, `"<= 5"`, `"!= 1"`.

## The file

)";

}  // namespace

std::string json_schema() {
  Json schema = schema_of(file_form());
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "peerlab scenario";
  schema["$defs"] = {{"steps", words_schema(verbs(), true)},
                     {"checks", words_schema(checks(), false)}};
  return schema.dump(2) + '\n';
}

std::string reference_page() {
  std::string page = page_head + keys_table(file_form()) + '\n';
  for (const Key& key : file_form().keys) {
    if (key.name != "topology") continue;
    const Form& cluster = *key.form->element;
    page += "A cluster of the topology has these keys:\n\n" + keys_table(cluster) + '\n';
    for (const Key& part : cluster.keys) {
      if (part.form->kind != Kind::map || part.form->element->kind != Kind::record) continue;
      page += fmt::format("Each of `{}` has these keys:\n\n{}\n", part.name,
                          keys_table(*part.form->element));
      for (const Key& inner : part.form->element->keys) {
        if (inner.form->kind != Kind::list || inner.form->element->kind != Kind::record) continue;
        page += fmt::format("Each of its `{}` has these keys:\n\n{}\n", inner.name,
                            keys_table(*inner.form->element));
      }
    }
  }
  for (const Key& key : file_form().keys) {
    if (key.name != "config") continue;
    page += "An item of `config` has these keys:\n\n" + keys_table(*key.form->element) + '\n';
  }
  page += "## Steps\n\n";
  for (const Word& word : verbs()) page += word_section(word);
  page += "## Checks\n\n";
  for (const Word& word : checks()) page += word_section(word);
  page += "## Invariants\n\nThese judge every run. `catches` names them by their ids.\n\n";
  page += "| id | claim | source |\n|---|---|---|\n";
  for (const peerlab::checks::Invariant& each : peerlab::checks::invariants()) {
    page += fmt::format("| `{}` | {} | {} |\n", each.id, each.claim, each.source);
  }
  return page;
}

std::string key_page(std::string_view name) {
  std::string page;
  for (const Key& key : file_form().keys) {
    if (key.name != name) continue;
    page = fmt::format("### `{}`\n\n{}\n\nAt the top of a file. Takes {}.\n", key.name, key.doc,
                       type_text(*key.form));
    const Form& inner = key.form->element == nullptr ? *key.form : *key.form->element;
    if (!inner.keys.empty()) page += '\n' + keys_table(inner);
  }
  return page;
}

std::string word_page(std::string_view name) {
  std::string page;
  if (const Word* verb = find_word(verbs(), name)) page += word_section(*verb);
  if (const Word* check = find_word(checks(), name)) page += word_section(*check);
  for (const peerlab::checks::Invariant& each : peerlab::checks::invariants()) {
    if (each.id != name) continue;
    page += fmt::format("### `{}`\n\nIn every run: {}.\n\nSource: {}.\n", each.id, each.claim,
                        each.source);
  }
  return page;
}

}  // namespace peerlab::scenario
