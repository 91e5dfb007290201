#pragma once

#include <functional>
#include <string>

#include "reports/case_report.hpp"

namespace peerlab::reports {

/// The version of the form below; a key may be added without a new one.
inline constexpr int json_lines_version = 1;

/// JSON lines: one object for the case, one for each record of its trace, one for the verdict.
/// Times are nanoseconds of virtual time.
///
///   {"type":"case","version":1,"file":...,"name":...,"row":...,"seed":...}
///   {"type":"record","id":1,"cause":0,"at":0,"where":"dc1/service/web/0","fact":"HostStarted","text":"starts"}
///   {"type":"verdict","outcome":"passed","hash":"...","events":...,"findings":[...]}
/// Gives one line after the other, each with its line end, since all of them together may be larger
/// than the memory.
void json_lines(const CaseReport& report, const std::function<void(std::string)>& give);

/// What stands below all cases: nothing unless the run was interrupted, else
///   {"type":"interrupted","run":31,"not_run":96}
std::string json_lines_end(const Totals& totals);

}  // namespace peerlab::reports
