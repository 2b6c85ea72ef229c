#include "history/statistics.hpp"

#include <algorithm>

namespace callboard {
namespace {

Duration average(Duration total, std::uint64_t count) {
    return count == 0 ? Duration{} : total / static_cast<std::int64_t>(count);
}

}  // namespace

std::optional<double> StatisticsRow::service_level() const {
    if (answered == 0) return std::nullopt;
    return static_cast<double>(answered_in_time) / static_cast<double>(answered);
}

Duration StatisticsRow::average_wait() const { return average(total_wait, answered); }

Duration StatisticsRow::average_talk() const { return average(talk, talks); }

TimeSpan Statistics::span_of(Time at) {
    if (!question_.interval) return {question_.from, question_.to};
    if (at < last_span_.begin || at >= last_span_.end)
        last_span_ = span_around(at, *question_.interval, zone_);
    return last_span_;
}

Statistics::Bucket* Statistics::bucket(const std::string& key, Time at) {
    if (at < question_.from || at >= question_.to) return nullptr;
    if (!question_.key.empty() && key != question_.key) return nullptr;
    const TimeSpan span = span_of(at);
    const auto place = std::pair(key, span.begin);
    if (const auto found = rows_.find(place); found != rows_.end()) return &found->second;
    if (full()) return nullptr;
    Bucket& made = rows_[place];
    made.row.key = key;
    made.row.span = span;
    return &made;
}

void Statistics::offered(const std::string& key, const Contact& contact) {
    Bucket* const found = bucket(key, contact.at);
    if (found == nullptr) return;
    StatisticsRow& row = found->row;
    ++row.offered;
    ++found->quarters[span_around(contact.at, Interval::quarter_hour, zone_).begin];
    if (contact.lost) ++row.lost;
    if (!contact.answered) return;
    ++row.answered;
    if (contact.waited <= question_.threshold) ++row.answered_in_time;
    row.total_wait += contact.waited;
    row.longest_wait = std::max(row.longest_wait, contact.waited);
    ++row.talks;
    row.talk += contact.talked;
}

void Statistics::talked(const std::string& key, Time at, Duration talk) {
    Bucket* const found = bucket(key, at);
    if (found == nullptr) return;
    ++found->row.talks;
    found->row.talk += talk;
}

void Statistics::add_offers(const HistoryRow& row) {
    bool was_offered = false;
    for (const AgentOffer& offer : row.offers) {
        Contact contact{offer.at, offer.answered, offer.ended && !offer.answered, {}, {}};
        if (offer.answered) {
            was_offered = true;
            contact.waited = *offer.ended - offer.at;
            contact.talked = row.talked;
        }
        offered(offer.agent, contact);
    }
    // An answer whose offer was not seen.
    if (row.answered && !was_offered && !row.agent.empty())
        offered(row.agent, {*row.answered, true, false, {}, row.talked});
}

void Statistics::add(const HistoryRow& row) {
    using By = StatisticsQuestion::By;
    const bool is_visit = row.kind == HistoryRow::Kind::visit;
    if (question_.by == By::agent) {
        if (is_visit) add_offers(row);
        return;
    }
    if (question_.by == By::queue && !is_visit) return;
    if (question_.by == By::line && is_visit) return;
    // What came out of a visit or a transfer is counted there.
    if (question_.by == By::account && row.parent != Time{}) return;
    const std::string& key = question_.by == By::account ? row.account : row.service();
    if (row.incoming)
        offered(key, {row.started, row.answered.has_value(), is_lost(row), row.waited, row.talked});
    else if (row.answered)
        talked(key, row.started, row.talked);
}

std::vector<StatisticsRow> Statistics::rows() const {
    std::vector<StatisticsRow> all;
    for (const auto& [place, bucket] : rows_) {
        all.push_back(bucket.row);
        const auto busiest =
            std::max_element(bucket.quarters.begin(), bucket.quarters.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; });
        if (busiest != bucket.quarters.end()) all.back().busiest = busiest->first;
    }
    return all;
}

std::optional<double> Statistics::occupancy(const StatisticsRow& row) const {
    using By = StatisticsQuestion::By;
    if (question_.by != By::line && question_.by != By::agent) return std::nullopt;
    const Duration length = std::min(row.span.end, question_.to) - std::max(row.span.begin, question_.from);
    if (length <= Duration::zero()) return std::nullopt;
    return std::min(1.0, static_cast<double>(row.talk.count()) / static_cast<double>(length.count()));
}

}  // namespace callboard
