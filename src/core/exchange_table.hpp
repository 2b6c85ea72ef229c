#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/exchange_channel.hpp"
#include "event/directory.hpp"

namespace callboard {

/// The channels of one exchange that are remembered, by id, parent, bridge and deadline. One thread.
class ExchangeTable {
  public:
    /// Null when it is not known.
    ExchangeCall* find(std::string_view id);
    /// Precondition: the id is not in the table.
    ExchangeCall& add(std::string_view id, Time deadline);
    void erase(ExchangeCall& call);
    std::size_t size() const { return by_id_.size(); }

    void set_deadline(ExchangeCall& call, Time deadline);
    /// A call whose deadline has come, or null. It stays in the table, due, until it gets another deadline or
    /// is erased.
    ExchangeCall* due(Time now);
    /// The call whose deadline is nearest; null when there is none.
    ExchangeCall* nearest();

    /// Empty: none. A parent that is not known yet may become so.
    void set_parent(ExchangeCall& call, std::string_view parent);
    /// Leaves the bridge that it was in. Empty: enters none.
    void set_bridge(ExchangeCall& call, std::string_view bridge);
    /// Who is in this bridge, in the order in which they came.
    const std::vector<ExchangeCall*>& in_bridge(std::string_view bridge) const;
    /// Who was made for this channel.
    const std::vector<ExchangeCall*>& children(std::string_view parent) const;
    /// Every call, in the order of their beginning.
    std::vector<ExchangeCall*> all();

    /// The channel on whose behalf this one was made: its parent, through the exchange's own internal ones.
    /// Null when none is known.
    ExchangeCall* origin_of(const ExchangeCall& call);
    /// Who is at the other end of the bridge, through internal channels. Null when nobody is.
    ExchangeCall* far_end(const ExchangeCall& call);

    /// Of one parent or in one bridge; who comes later is followed, but not found through it.
    static constexpr std::size_t kMostTogether = 1'000;
    static constexpr int kMostInternal = 8;  ///< internal channels between two phones

  private:
    using Members = std::vector<ExchangeCall*>;
    static void put_in(StringMap<Members>& map, const std::string& key, ExchangeCall& call);
    static void take_out(StringMap<Members>& map, std::string_view key, const ExchangeCall& call);
    ExchangeCall* mate_of(const ExchangeCall& internal, const ExchangeCall& from);

    StringMap<std::unique_ptr<ExchangeCall>> by_id_;
    StringMap<Members> by_parent_;
    StringMap<Members> by_bridge_;
    std::map<std::pair<Time, std::uint64_t>, ExchangeCall*> by_deadline_;
    std::uint64_t last_key_ = 0;
};

}  // namespace callboard
