#pragma once

#include <cstddef>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "event/event.hpp"
#include "sources/ovh/ovh_answer.hpp"

namespace callboard {

/// Recognises events that the service tells again: because an answer got lost, because it was not sure that
/// one arrived, or because this side was restarted before it could note where it was. Pure.
class OvhRepeats {
  public:
    static constexpr std::size_t kMostRemembered = 16'384;  ///< newest events told in this run
    static constexpr std::size_t kMostKept = 1 << 20;       ///< of earlier runs

    /// From the journal, before anything is heard: what an earlier run may be told again.
    void was_kept(std::string_view name, std::string_view ressource, std::string_view data);

    /// Whether the event was told before; else it is remembered. `data`: as the journal has it.
    bool is_repeat(const OvhEvent& event, std::string_view data);
    /// All events of an answer were asked about. What an earlier run kept cannot be told again once something
    /// new was.
    void answered();

  private:
    std::unordered_map<std::size_t, std::size_t> kept_;  // identity → how often
    std::unordered_set<std::size_t> told_;
    std::deque<std::size_t> order_;  // of told_, oldest first
    bool something_new_ = false;
};

}  // namespace callboard
