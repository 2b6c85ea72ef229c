#include "core/registrations.hpp"

#include <algorithm>

#include "event/sip_text.hpp"

namespace callboard {
namespace {

constexpr Duration kMemory =
    std::chrono::seconds(40);  // more than the 32 s in which a REGISTER is repeated (RFC 3261 §17.1.2)
constexpr std::size_t kMostTransactions = 100'000;
constexpr std::uint32_t kDefaultExpires = 3600;
constexpr auto kLater = [](const auto& a, const auto& b) { return a.at > b.at; };

Event event_of(std::string_view name, bool native, const std::string& line) {
    Event event;
    event.name = name;
    event.native = native;
    event.ressource = line;
    LineData data;
    data.billing = data.calling = data.called = data.dialed = line;
    event.data = std::move(data);
    return event;
}

Event event_of(std::string_view name, bool native, const std::string& line, const SipMessage& message) {
    Event event = event_of(name, native, line);
    auto& data = std::get<LineData>(event.data);
    data.body = message.start_line;
    data.call_id = message.call_id;
    data.cseq = unfolded(message.cseq_text);
    data.ts = message.captured;
    data.ts_get = message.collected;
    return event;
}

}  // namespace

void Registrations::on_message(const SipMessage& message, const Directory& directory, Numbering& numbering,
                               std::vector<Event>& out) {
    if (!message.request && (message.status < 200 || message.status > 299)) return;
    const Service* service = numbering.resolve(directory, unescaped(message.to.uri.user));
    if (service == nullptr || service->is_queue()) return;
    std::string key(message.call_id);
    key.append(1, ' ').append(message.cseq_text);
    auto [found, fresh] = transactions_.try_emplace(std::move(key));
    Transaction& transaction = found->second;
    if (fresh) {
        transaction.seen = message.collected;
        order_.emplace_back(message.collected, found->first);
        if (order_.size() > kMostTransactions) {
            transactions_.erase(order_.front().second);
            order_.pop_front();
        }
    }
    if (message.request) {
        transaction.requested = true;
        if (message.via_count == 1 || !transaction.has_phone) {
            transaction.phone = message.source;
            transaction.has_phone = true;
        }
        transaction.all = message.contact_star;
        if (transaction.contacts.empty())
            for (const auto& contact : message.contacts)
                transaction.contacts.push_back(
                    {std::string(contact.address.uri.text),
                     contact.expires.value_or(message.expires.value_or(kDefaultExpires))});
    } else {
        transaction.accepted = true;
    }
    if (transaction.requested && transaction.accepted && !transaction.told)
        conclude(transaction, service->number, message, out);
}

void Registrations::conclude(Transaction& transaction, const std::string& line, const SipMessage& message,
                             std::vector<Event>& out) {
    transaction.told = true;
    const Time now = message.collected;
    const bool was_bound = whereabouts_.is_bound(line, now);
    bool added = false;
    if (transaction.all) whereabouts_.unbind_all(line);
    for (const auto& contact : transaction.contacts) {
        if (contact.expires == 0) {
            whereabouts_.unbind(line, contact.uri);
            continue;
        }
        added = true;
        const Time until = now + std::chrono::seconds(contact.expires);
        whereabouts_.bind(line, transaction.phone, contact.uri, until);
        lapses_.push_back({until, line});
        std::push_heap(lapses_.begin(), lapses_.end(), kLater);
    }
    if (added)
        out.push_back(event_of(event_name::registered, false, line, message));
    else if (was_bound && !whereabouts_.is_bound(line, now))
        out.push_back(event_of(event_name::unregistered, true, line, message));
}

void Registrations::on_time(Time now, std::vector<Event>& out) {
    while (!order_.empty() && order_.front().first + kMemory < now) {
        transactions_.erase(order_.front().second);
        order_.pop_front();
    }
    while (!lapses_.empty() && lapses_.front().at <= now) {
        std::pop_heap(lapses_.begin(), lapses_.end(), kLater);
        const std::string line = std::move(lapses_.back().line);
        const Time at = lapses_.back().at;
        lapses_.pop_back();
        if (!whereabouts_.lapse(line, at)) continue;
        Event event = event_of(event_name::unregistered, true, line);
        auto& data = std::get<LineData>(event.data);
        data.relevant_info = "Registration expired";
        data.ts = data.ts_get = at;
        out.push_back(std::move(event));
    }
}

}  // namespace callboard
