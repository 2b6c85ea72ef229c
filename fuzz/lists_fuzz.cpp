// Lists that FreeSWITCH answers commands with: channels and registrations as JSON, queues and their members
// as tables.
#include <algorithm>

#include "fuzz.hpp"
#include "sources/freeswitch/esl_event.hpp"
#include "sources/freeswitch/esl_lists.hpp"

using namespace callboard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    const Time now = Time(std::chrono::seconds(1'780'000'000));
    if (const auto channels = read_channels(text, now)) {
        for (const auto& channel : *channels)
            fuzz::check(!channel.signal.channel.id.empty(), "a channel that is listed has its id");
    } else {
        fuzz::check(!channels.error().what.empty(), "an error says what is wrong");
    }
    if (const auto registrations = read_registrations(text))
        for (const auto& one : *registrations)
            fuzz::check(std::max(one.user.size(), one.contact.size()) <= EslEvent::kLongestValue,
                        "values are bounded");
    if (const auto table = EslTable::read(text)) {
        fuzz::check(table->rows() <= size, "no more rows than bytes");
        for (std::size_t row = 0; row < table->rows(); ++row) {
            fuzz::check(table->get(row, "\n").empty(), "what is not there is empty");
            if (const auto caller = listed_caller(*table, row, "support@default", now))
                fuzz::check(!caller->queue.queue.empty(), "somebody waits");
        }
    }
    return 0;
}
