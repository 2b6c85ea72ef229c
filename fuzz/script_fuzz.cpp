// A script of an exchange of the demo: what it says later, and what its voices answer to the bytes behind a
// NUL, however these are cut.
#include <algorithm>
#include <memory>
#include <string>

#include "app/recorded_exchange.hpp"
#include "fuzz.hpp"

using namespace callboard;

namespace {

constexpr Duration kLater = std::chrono::hours(24 * 365);

void check_conversations(const ExchangeScript& script, const ExchangeVoice& voice) {
    for (const auto& conversation : script.conversations) {
        fuzz::check(!conversation.said.empty(), "a conversation says something");
        for (const auto& said : conversation.said) {
            fuzz::check(said.at >= Duration::zero(), "nothing is said before the beginning");
            fuzz::check(voice.event(said.text, kLater, 7).ends_with("\n"), "an event is whole");
        }
    }
}

std::string answers(const std::unique_ptr<ExchangeVoice>& voice, std::string_view bytes, std::size_t slice) {
    std::string all = voice->greeting();
    for (; !bytes.empty(); bytes.remove_prefix(std::min(slice, bytes.size())))
        all += voice->take(bytes.substr(0, slice), false);
    return all + (voice->was_listed() ? "listed" : "");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = fuzz::text_of(data, size);
    const std::size_t end = std::min(bytes.find('\0'), bytes.size());
    const auto script = ExchangeScript::read(bytes.substr(0, end));
    if (!script) {
        fuzz::check(!script.error().what.empty(), "an error says what is wrong");
        return 0;
    }
    // Less than a voice keeps of one command, so that nothing is forgotten.
    const std::string_view commands =
        bytes.substr(std::min(end + 1, bytes.size()), ExchangeVoice::kLongestCommand / 2);
    for (const auto make : {freeswitch_voice, asterisk_voice}) {
        check_conversations(*script, *make(*script));
        fuzz::read_in_slices(commands, [&](std::string_view part, std::size_t slice) {
            return answers(make(*script), part, slice);
        });
    }
    return 0;
}
