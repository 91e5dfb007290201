#pragma once

// The one table of findings: X(name, id, title, explanation), sorted by id. A new row makes
// peerlab::text::codes::name and a page of `peerlab explain`. Every room adds its rows here:
//
//   PL001 to PL049  what a text looks like: encoding, syntax, keys, types, units     (text)
//   PL050 to PL099  what a scenario file looks like: sections, includes, variables   (scenario)
//   PL100 to PL199  what a scenario names: clusters, services, peers, entries        (scenario)
//   PL200 to PL299  warnings: it runs, but hardly means what was meant               (scenario)
//   PL300 to PL399  what a run found                                                 (checks)

#define PEERLAB_CODES(X)                                                                          \
  X(not_utf8, "PL001", "the text is not UTF-8",                                                   \
    "Every file must be UTF-8. The byte shown begins no valid UTF-8 sequence. Most often "        \
    "the file was saved as Latin-1 or UTF-16, or it is no text at all. Save it as UTF-8.")        \
  X(control_character, "PL002", "the text holds a control character",                             \
    "Apart from tab, line feed and carriage return, control characters (a null byte, an "         \
    "escape, ...) may not stand in a text. A file with null bytes is mostly a binary file "       \
    "under the wrong name. Inside a quoted string write an escape instead.")                      \
  X(too_large, "PL003", "the text is too large",                                                  \
    "Texts are limited in bytes and in values, so that a broken or hostile file cannot "          \
    "use up the machine. Say repeated things once: `generate`, `matrix`, `include`.")             \
  X(too_deep, "PL004", "the text is nested too deeply",                                           \
    "Maps and lists may be nested only so far, so that a broken or hostile file cannot "          \
    "use up the stack. No real scenario or config entry comes near the limit.")                   \
  X(alias_bomb, "PL005", "the aliases make too much of too little",                               \
    "Every YAML alias (`*name`) stands for a copy of what its anchor (`&name`) names. "           \
    "Aliases of aliases grow exponentially: nine lines can stand for a billion values. "          \
    "The number of values that aliases may add is therefore limited.")                            \
  X(bad_alias, "PL006", "the alias leads nowhere",                                                \
    "A YAML alias (`*name`) must come after its anchor (`&name`) in the same document, "          \
    "and may not stand inside the very value that the anchor names.")                             \
  X(yaml_syntax, "PL007", "this is not YAML",                                                     \
    "The text breaks the rules of YAML at the place shown; the cause is often on the "            \
    "line above. Usual causes: a tab used to indent, a list item or key that is not in "          \
    "line with its neighbours, a value with `: ` or ` #` or one that begins with `@`, "           \
    "`%`, `*`, `&`, `!`, `{` or `[` without quotes, a quote or bracket never closed.")            \
  X(json_syntax, "PL008", "this is not JSON",                                                     \
    "The text breaks the rules of JSON at the place shown. Usual causes: a comma after "          \
    "the last element, single quotes, a comment, a key without quotes.")                          \
  X(hcl_syntax, "PL009", "this is not HCL",                                                       \
    "The text breaks the rules of HCL version 1, which Consul uses for config entries and "       \
    "ACL rules, at the place shown. Usual causes: a string without quotes, single quotes, "       \
    "`:` in place of `=`, a missing comma in a list, a brace never closed. Expressions "          \
    "and functions belong to HCL version 2, which Consul does not read.")                         \
  X(duplicate_key, "PL010", "a key stands twice in one map",                                      \
    "Of two equal keys, one would silently win, and which one depends on the reader. "            \
    "Remove one of them, or merge their values.")                                                 \
  X(wrong_type, "PL011", "the value has the wrong type",                                          \
    "The value is, for example, a list where a map is needed, or a number where a string "        \
    "is. Beware of values that YAML takes for something else: `1.10` is a number, "               \
    "`true` a boolean and `~` nothing, until they stand in quotes.")                              \
  X(unknown_key, "PL012", "the key is not known here",                                            \
    "The map may hold only the keys that have a meaning in it; anything else is mostly "          \
    "a slip of the pen, and ignoring it would make a check that checks nothing. The "             \
    "message lists the keys that may stand there.")                                               \
  X(missing_key, "PL013", "a key is missing",                                                     \
    "The map does not make sense without this key, and there is no default for it.")              \
  X(bad_choice, "PL014", "the value is none of the possible ones",                                \
    "Only a few words may stand here. The message lists them, or names the one that is nearest.") \
  X(yaml_11_boolean, "PL015", "one reader's boolean is another's string",                         \
    "`yes`, `no`, `on` and `off` are booleans in YAML 1.1 and strings in YAML 1.2. So "           \
    "that no file means two things, they may not stand without quotes. Write `true` or "          \
    "`false` for a boolean, and quotes around the word for a string.")                            \
  X(ambiguous_number, "PL016", "one reader's octal is another's decimal",                         \
    "A whole number with a leading zero is octal in YAML 1.1 and decimal in YAML 1.2. "           \
    "Leave out the zero, write octal as `0o17`, or put an identifier in quotes.")                 \
  X(unknown_tag, "PL017", "the YAML tag is not known",                                            \
    "A tag (`!name`) asks for a type. Only YAML's own are known: `!!str`, `!!int`, "              \
    "`!!float`, `!!bool`, `!!null`, `!!map` and `!!seq`; and the value must suit them.")          \
  X(several_documents, "PL018", "the file holds several YAML documents",                          \
    "A line `---` begins another document, and only one may stand here. Kubernetes "              \
    "manifests (`crd:`) may be several.")                                                         \
  X(empty_text, "PL019", "there is nothing in it",                                                \
    "The text is empty, or holds comments only. A file that is needed but says nothing is "       \
    "hardly what was meant; remove it, or what names it.")                                        \
  X(bad_key, "PL020", "this cannot be a key",                                                     \
    "A key must be a single word or a text. YAML itself would allow lists, maps and "             \
    "nothing at all for a key; here they are always a mistake: most often `{{name}}` or "         \
    "`{name}` without quotes, or a `:` at the start of a value.")                                 \
  X(merge_key, "PL021", "merge keys are not supported",                                           \
    "`<<` merges one map into another in YAML 1.1 and is an ordinary key in YAML 1.2. "           \
    "Here it is neither. Use `include` or `macros` for what several places share.")               \
  X(bad_duration, "PL022", "this is not a duration",                                              \
    "A duration is a number with a unit, or several of them, the largest first: `250ms`, "        \
    "`5s`, `1m30s`, `1.5h`. Units are ns, us, ms, s, m and h. It must fit into 64 bits "          \
    "of nanoseconds, which is some 292 years.")                                                   \
  X(bad_size, "PL023", "this is not a size",                                                      \
    "A size is a whole number with a unit: `64B`, `512KiB`, `8MiB`, `2GiB` (powers of "           \
    "1,024) or `10kB`, `5MB`, `1GB` (powers of 1,000).")                                          \
  X(bad_rate, "PL024", "this is not a rate",                                                      \
    "A bit rate is a whole number with a unit: `800bit`, `200kbit`, `1Mbit`, `10Gbit` "           \
    "per second (powers of 1,000, as `tc` counts). How often something happens is "               \
    "written `50/s`, `30/m` or `10/h`.")                                                          \
  X(bad_percent, "PL025", "this is not a percentage",                                             \
    "A percentage is a number from 0 to 100 with at most six decimals and a percent "             \
    "sign: `1%`, `0.5%`.")                                                                        \
  X(bad_number, "PL026", "this number cannot stand here",                                         \
    "The value is no number of the kind that is needed, or it lies outside the limits "           \
    "that the message names.")                                                                    \
  X(bad_count, "PL027", "this is no count",                                                       \
    "How many there may be is a whole number, or a comparison with one in quotes: "               \
    "`3`, `'<= 5'`, `'> 0'`, `'!= 1'`. Where bytes are counted, the number has a "                \
    "unit: `'<= 512KiB'`.")                                                                       \
  X(several_words, "PL050", "a step or check holds several words",                                \
    "A step is a map with exactly one verb, besides an optional title (`as`); a check "           \
    "is a map with one name. Two of them in one map have no order. Begin another item "           \
    "of the list for the second.")                                                                \
  X(bad_include, "PL051", "the file cannot be included",                                          \
    "An included file gives topology, entries and macros; it has no steps of its own, "           \
    "and it cannot include itself, directly or by way of others.")                                \
  X(unreadable_file, "PL052", "the file cannot be read",                                          \
    "The file does not exist, is no regular file, or may not be read. Paths in "                  \
    "`include` and `file` count from the folder of the file that they stand in.")                 \
  X(bad_variable, "PL053", "the variable is not written right",                                   \
    "A variable is written `${name}`. Write `$${` for the two characters themselves.")            \
  X(unknown_variable, "PL054", "there is no such variable",                                       \
    "Variables get their values from `vars`, from `matrix`, or from `--set "                      \
    "name=value` on the command line.")                                                           \
  X(bad_matrix, "PL055", "the matrix makes no cases, or too many",                                \
    "Every combination of the values in `matrix` is a case of its own. A variable "               \
    "without a value leaves no case, and a product of long lists more than can be "               \
    "run.")                                                                                       \
  X(bad_version, "PL056", "the version of the language is not known",                             \
    "`peerlab: 1` at the top of a file says which version of the language it is "                 \
    "written in. This program reads version 1.")                                                  \
  X(unknown_macro, "PL057", "there is no such macro",                                             \
    "`use` names a list of steps that stands under `macros`, in this file or in one "             \
    "that it includes.")                                                                          \
  X(macro_cycle, "PL058", "the macros never end",                                                 \
    "A macro may use others, up to 16 deep, but not itself.")                                     \
  X(too_many_steps, "PL059", "there are too many steps",                                          \
    "Repetitions and macros are unrolled before a run. A scenario with more than "                \
    "100000 steps is most likely a slip in `repeat`.")                                            \
  X(bad_name, "PL060", "this cannot be a name",                                                   \
    "Names of clusters and services become parts of paths, DNS names and "                        \
    "certificates. They have lower-case letters, digits and dashes, at most 63 "                  \
    "characters, and no dash at either end.")                                                     \
  X(bad_sides, "PL061", "there must be two sides",                                                \
    "Faults of links need the two sides that the links are between: `between: [dc1, "             \
    "dc2]`. A side is a cluster, a group of hosts or one host.")                                  \
  X(bad_capture, "PL062", "there is nothing captured under this name",                            \
    "`capture` in an `http` step keeps a value of the answer under a name, and "                  \
    "later steps use it as `${name}`. The step that keeps it must come before those "             \
    "that use it, and the name must not be that of a variable.")                                  \
  X(active_watch, "PL063", "this check cannot be made all the time",                              \
    "`always` and `never` at the top of a file are judged after every event, from "               \
    "what the world shows by itself. A call or a request would have to be made all "              \
    "the time; put it into a `hold` or `never` step, which says for how long.")                   \
  X(cold_config, "PL064", "nobody could take the entries",                                        \
    "With `start: cold` the steps begin when the servers are switched on, and "                   \
    "`config` is written to clusters that are ready. Write the entries in a step: "               \
    "`write: { in: dc1, hcl: ... }`.")                                                            \
  X(one_source, "PL065", "a config entry has one text",                                           \
    "The entries stand under exactly one of `hcl`, `json`, `crd` and `file`. "                    \
    "Several entries of different kinds are several items of the list.")                          \
  X(unknown_title, "PL066", "no earlier step has this title",                                     \
    "`since` counts from the begin of an earlier step, which is named by its title: "             \
    "`as: the cut`, or the verb of a step without one.")                                          \
  X(nothing_checked, "PL067", "nothing is checked",                                               \
    "A scenario, or a step of it, that checks nothing would pass whatever happens: an empty "     \
    "list of checks, a repetition of no times, a file whose steps ask for nothing. Say what "     \
    "must hold, in a step (`eventually`, `now`) or at the end (`finally`).")                      \
  X(reserved_name, "PL068", "the name means something else already",                              \
    "Paths such as `dc1/server/0` and words such as `any` must mean one thing only, so no "       \
    "service or cluster may be called so.")                                                       \
  X(too_little_time, "PL069", "the steps take longer than they may",                              \
    "The waits of the steps alone exceed the limit of virtual time (`limits: { time: ... }`, "    \
    "24h unless given), so that the run would be given up before its end.")                       \
  X(unknown_host, "PL100", "there is no such host, service or cluster",                           \
    "Paths name what the topology creates: a cluster (`dc1`), a service (`dc1/web`) "             \
    "or one of its instances (`dc1/web/0`), counted from 0.")                                     \
  X(not_a_service, "PL101", "this is no service",                                                 \
    "Calls go from one instance of a service to another service: `dc1/web`, or "                  \
    "`dc1/web/0`.")                                                                               \
  X(unknown_mutant, "PL102", "there is no such mutant",                                           \
    "A mutant plants a historic bug. `peerlab mutants` lists those that exist.")                  \
  X(no_upstream, "PL103", "the caller has no such upstream",                                      \
    "A service reaches another through its sidecar proxy only if it names it as an "              \
    "upstream. With `direct: true` a call goes to the other host itself, past every "             \
    "proxy, as an application without a mesh would.")                                             \
  X(not_a_server, "PL104", "this is no server",                                                   \
    "HTTP requests go to a server: `dc1/server/0`, `dc1/server/leader`, or a cluster, which "     \
    "stands for its first server. The cluster must have servers (`servers: 3`).")                 \
  X(unknown_partition, "PL105", "there is no such partition",                                     \
    "A partition is written `dc1@web` and must stand under `partitions` of its "                  \
    "cluster, which then is of the enterprise edition. `dc1` alone is its partition "             \
    "`default`.")                                                                                 \
  X(unknown_peer, "PL107", "no step creates this peer",                                           \
    "A peer is called after the other cluster, unless `names` says otherwise, and a "             \
    "`peer` step (or a request to `/v1/peering/token` or `/v1/peering/establish`) "               \
    "creates it. A check, an export or a config entry that names another one would "              \
    "wait for ever, or have no effect without a word.")                                           \
  X(bad_config_entry, "PL110", "Consul would refuse this config entry",                           \
    "The message is the one that Consul gives for this entry. It was found without "              \
    "a server, so nothing was run. A step that means to be refused says so: "                     \
    "`expect: { status: 500 }`.")                                                                 \
  X(not_covered, "PL150", "nothing proves this statement",                                        \
    "`covers` names statements of the specification that are proved. A statement counts as "      \
    "covered only when a check carries it: write `covers: C-121` beside the check, or beside a "  \
    "step that checks. `covers` at the top of a file may only repeat what its checks carry.")     \
  X(unknown_check, "PL151", "there is no such check",                                             \
    "`catches` says by which check a planted bug must be found: the id of an invariant, the "     \
    "title (`as`) of a step of this file, or `finally`.")                                         \
  X(idle_fault, "PL200", "this ends nothing",                                                     \
    "`heal` ends the cuts between the same two sides, `resume` the pauses of hosts. No step "     \
    "before this one made any, so it has no effect; mostly other sides or hosts were meant.")     \
  X(expectation_failed, "PL301", "an expectation failed",                                         \
    "What the scenario expects was not so at the time it must be. The message says "              \
    "what was seen instead and since when. The run repeats exactly with the command "             \
    "given.")                                                                                     \
  X(invariant_broken, "PL302", "an invariant is broken",                                          \
    "Something that must hold in every run, whatever the scenario does, did not hold.")           \
  X(run_incomplete, "PL303", "the run did not come to its end",                                   \
    "A limit was reached before everything was judged (`limits` sets them), nothing "             \
    "was left to happen while a check was still open, or a role failed, which is a "              \
    "fault of this program.")
