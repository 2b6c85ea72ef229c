#include "hub/event_intake.hpp"

#include <future>
#include <utility>

#include "event/json.hpp"

namespace callboard {

Result<void> EventIntake::keep(std::vector<Event> events, Time collected) {
    // Shared, because the hub may still be within set_value() when we have what we waited for.
    const auto outcome = std::make_shared<std::promise<Result<void>>>();
    auto kept = outcome->get_future();
    const bool taken =
        hub_.submit(std::move(events), collected, [outcome](const Result<Hub::Appended>& appended) {
            outcome->set_value(appended ? Result<void>() : Result<void>(appended.error()));
        });
    if (!taken) return Error{Error::Kind::unavailable, "the hub has no room for events just now"};
    return kept.get();  // the hub answers every submission, also when it stops
}

Result<void> EventIntake::read(Sequence after, const std::function<void(const Record&)>& take) const {
    constexpr std::size_t kPage = 1'000;
    for (Sequence at = after; at < hub_.last();) {
        const auto page = hub_.read(at, kPage);
        if (!page) return page.error();
        for (const auto& announced : page->events) take(announced->record);
        if (page->next <= at) break;  // damaged up to the end
        at = page->next;
    }
    return {};
}

std::string EventIntake::data_of(const Event& event) const { return data_json(event, hub_.zone()); }

}  // namespace callboard
