#include "reports/mermaid.hpp"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "peerlab/base/overloaded.hpp"
#include "peerlab/trace/text.hpp"

namespace peerlab::reports {
namespace {

/// Mermaid ends a statement at a line end or a semicolon, and reads `#` as an entity.
std::string plain(std::string text) {
  for (char& character : text) {
    if (character == ';' || character == '#' || character == '\n') character = ',';
  }
  return text;
}

struct Arrow {
  trace::Where from, to;
  std::string_view kind;
  Instant at;
  std::size_t times = 1;
};

class Diagram {
 public:
  Diagram(const CaseReport& report, std::size_t most) : trace_(report.trace), most_(most) {
    text_ = fmt::format("---\ntitle: {}\n---\nsequenceDiagram\n", plain(case_name(report.plan)));
    participants();
  }

  std::string draw() {
    for (const trace::Record& record : trace_) {
      if (const auto* frame = std::get_if<trace::FrameDelivered>(&record.fact)) {
        add({frame->from, record.where, frame->kind, record.at});
      } else if (is_note(record.fact) && !alias_.empty()) {
        flush();
        if (arrows_ <= most_) note(record);
      }
    }
    flush();
    if (left_out_ > 0) {
      text_ += fmt::format("  Note over {}: and {} more message{}\n", whole_width(), left_out_,
                           left_out_ == 1 ? "" : "s");
    }
    return text_;
  }

 private:
  static bool is_note(const trace::Fact& fact) {
    return std::holds_alternative<trace::StepBegan>(fact) ||
           std::holds_alternative<trace::FaultApplied>(fact) ||
           std::holds_alternative<trace::CallEnded>(fact);
  }

  void participants() {
    for (const trace::Record& record : trace_) {
      if (const auto* frame = std::get_if<trace::FrameDelivered>(&record.fact)) {
        participant(frame->from);
        participant(record.where);
      }
    }
  }

  void participant(trace::Where where) {
    const auto [entry, is_new] = alias_.try_emplace(where, fmt::format("p{}", alias_.size()));
    if (!is_new) return;
    text_ += fmt::format("  participant {} as {}\n", entry->second, plain(trace_.name(where)));
    order_.push_back(entry->second);
  }

  std::string whole_width() const {
    return order_.size() == 1 ? order_.front() : order_.front() + "," + order_.back();
  }

  void add(const Arrow& arrow) {
    if (pending_ && pending_->from == arrow.from && pending_->to == arrow.to &&
        pending_->kind == arrow.kind) {
      ++pending_->times;
      return;
    }
    flush();
    pending_ = arrow;
  }

  void flush() {
    if (!pending_) return;
    if (++arrows_ > most_) {
      left_out_ += pending_->times;
    } else {
      text_ += fmt::format("  {}->>{}: {} {}{}\n", alias_.at(pending_->from),
                           alias_.at(pending_->to), seconds_text(pending_->at.time_since_epoch()),
                           plain(std::string(pending_->kind)),
                           pending_->times > 1 ? fmt::format(" (x{})", pending_->times) : "");
    }
    pending_.reset();
  }

  void note(const trace::Record& record) {
    const auto own = alias_.find(record.where);
    text_ += fmt::format(
        "  Note over {}: {} {}\n", own == alias_.end() ? whole_width() : own->second,
        seconds_text(record.at.time_since_epoch()), plain(trace::text(trace_, record.fact)));
  }

  const trace::Trace& trace_;
  std::size_t most_;
  std::string text_;
  std::map<trace::Where, std::string> alias_;
  std::vector<std::string> order_;
  std::optional<Arrow> pending_;
  std::size_t arrows_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace

std::string mermaid(const CaseReport& report, std::size_t most) {
  return Diagram(report, most).draw();
}

}  // namespace peerlab::reports
