#pragma once

#include <optional>
#include <vector>

#include "delivery/webhook/lifecycle.hpp"
#include "delivery/webhook/message.hpp"
#include "delivery/webhook/webhook.hpp"

namespace callboard::webhook {

/// How far a webhook has come. Everything up to here is told, or waits to be.
struct Place {
    std::uint64_t epoch = 0;  ///< of the journal
    Sequence sequence = 0;
    Time time{};  ///< up to which the passing of time alone was told of
    friend bool operator==(const Place&, const Place&) = default;
};

/// What one webhook is to be told, made from the records of the journal, in order. Pure: begun again at a
/// place that it had reached, it goes on as if it had never stopped. One thread.
class Feed {
  public:
    /// `from`: where to begin reading, not behind `place`: records up to `place` are not told, but calls and
    /// queues are known from them. Webhooks that want no lifecycle event have no need of that.
    Feed(Webhook webhook, Place place, Sequence from, TimeZone zone);

    /// The record behind position(), or one behind a gap. Appends what follows of it.
    void take(const Record& record, const Thresholds& thresholds, std::vector<Message>& told);
    /// There is nothing more up to `sequence`.
    void skip(Sequence sequence);
    /// Time has come to `now`, and every record up to then was taken.
    void until(Time now, const Thresholds& thresholds, std::vector<Message>& told);
    /// When until() has something to tell; nothing while only a record can change that.
    std::optional<Time> next(const Thresholds& thresholds) const;

    Sequence position() const { return position_; }
    const Place& place() const { return place_; }
    bool folds() const { return lifecycle_.has_value(); }

  private:
    void tell(const Record& record, std::vector<Message>& told) const;
    void catch_up(const Thresholds& thresholds);

    Webhook webhook_;
    TimeZone zone_;
    Place place_;
    Sequence position_;
    std::optional<Lifecycle> lifecycle_;
    bool caught_up_ = false;  // with place_ as it was at the beginning
};

}  // namespace callboard::webhook
