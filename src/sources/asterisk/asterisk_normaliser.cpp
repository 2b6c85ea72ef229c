#include "sources/asterisk/asterisk_normaliser.hpp"

#include "event/json.hpp"

namespace callboard {
namespace {

ExchangeSignal signal_of(ExchangeSignalKind kind, AmiTimes times) {
    ExchangeSignal signal;
    signal.kind = kind;
    signal.captured = times.captured;
    signal.collected = times.collected;
    return signal;
}

/// `timestampevents` of manager.conf gives each event its time; else it is when we read it.
AmiTimes times_of(const AmiNews& news) {
    const auto stamped = time_from_seconds(news.frame.get("Timestamp"));
    return {stamped.value_or(news.collected), news.collected};
}

}  // namespace

void AsteriskNormaliser::take(const AmiNews& news, std::vector<ExchangeSignal>& out) {
    const AmiTimes times = times_of(news);
    switch (news.kind) {
        case AmiNews::Kind::event:
            channels_.on_event(news.frame, times, out);
            queues_.on_event(news.frame, times, out);
            return registrations_.on_event(news.frame, times, out);
        case AmiNews::Kind::snapshot_begins:
            out.push_back(signal_of(ExchangeSignalKind::snapshot_begins, times));
            channels_.on_snapshot_begins();
            queues_.on_snapshot_begins();
            return registrations_.on_snapshot_begins();
        case AmiNews::Kind::listed: {
            const std::string_view event = news.frame.event();
            if (event == "CoreShowChannel") channels_.on_listed(news.frame, times, out);
            queues_.on_listed(news.frame, times);
            if (event == "ContactList" || event == "PeerEntry")
                registrations_.on_listed(news.frame, times, out);
            return;
        }
        case AmiNews::Kind::snapshot_ends: {
            const bool whole = news.failure.empty();
            channels_.on_snapshot_ends(whole, times, out);
            queues_.on_snapshot_ends(whole, times, out);
            registrations_.on_snapshot_ends(whole, times, out);
            out.push_back(signal_of(ExchangeSignalKind::snapshot_ends, times));
            out.back().cause = news.failure;
            return;
        }
    }
}

void AsteriskNormaliser::on_gone(Time now, std::vector<ExchangeSignal>& out) {
    out.push_back(signal_of(ExchangeSignalKind::gone, {now, now}));
}

}  // namespace callboard
