#pragma once

#include <string>

#include "reports/case_report.hpp"

namespace peerlab::reports {

/// A Mermaid sequence diagram of the messages of a case, with the steps and faults as notes. Needs
/// a trace of Level::events. Messages of one kind between the same two hosts that follow each
/// other are folded into one arrow; after `most` arrows the rest is only counted.
std::string mermaid(const CaseReport& report, std::size_t most = 400);

}  // namespace peerlab::reports
