// What Asterisk's manager interface sends: the same frames however the bytes are cut, and whatever they say,
// a session and the signals that come of it.
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "sources/asterisk/ami_session.hpp"
#include "sources/asterisk/asterisk_normaliser.hpp"

using namespace callboard;

namespace {

std::vector<std::string> frames_of(std::string_view bytes, std::size_t slice) {
    std::vector<std::string> frames;
    AmiStream stream;
    AmiFrame frame;
    while (!bytes.empty()) {
        stream.feed(bytes.substr(0, slice));
        bytes.remove_prefix(std::min(slice, bytes.size()));
        while (stream.next(frame)) {
            fuzz::check(!frame.empty() && frame.size() <= AmiStream::kMostFields,
                        "a frame has fields, not too many");
            std::string& text = frames.emplace_back();
            for (std::size_t i = 0; i < frame.size(); ++i) {
                const auto [key, value] = frame.field(i);
                fuzz::check(!key.empty() && frame.has(key), "a field is found by its key");
                fuzz::check(value.find('\n') == std::string_view::npos, "a value is of one line");
                text.append(key).append(":").append(value).append("\n");
            }
        }
    }
    return frames;
}

/// A session that is logged in, then the bytes; time passes as they say.
void converse(std::string_view bytes) {
    fuzz::Choices choices(bytes);
    const std::size_t slice = 64 + 16U * choices.byte();
    const auto step = std::chrono::milliseconds(choices.byte() * 20);
    bytes = choices.rest();
    AmiSession::Steady now{};
    Time wall = time_from_nanoseconds(1'780'000'000'000'000'000);
    AmiSession session({"callboard", Secret("secret")}, now);
    session.take("Asterisk Call Manager/11.0.0\r\n", now, wall);
    session.take("Response: Success\r\nActionID: callboard-1\r\nMessage: Authentication accepted\r\n\r\n",
                 now, wall);
    AsteriskNormaliser normaliser([](std::string_view name) { return name == "101" || name == "102"; });
    std::vector<ExchangeSignal> signals;
    std::size_t told = 0;
    while (!bytes.empty() && !session.failure()) {
        session.take(bytes.substr(0, slice), now, wall);
        bytes.remove_prefix(std::min(slice, bytes.size()));
        session.on_time(now, wall);
        session.take_output();
        while (const auto news = session.next()) normaliser.take(*news, signals);
        normaliser.on_time(wall, signals);
        told += signals.size();
        signals.clear();
        now += step;
        wall += step;
    }
    for (int i = 0; i < 100; ++i) {
        wall += std::chrono::milliseconds(100);
        normaliser.on_time(wall, signals);
    }
    normaliser.on_gone(wall, signals);
    for (const auto& signal : signals)
        if (signal.kind == ExchangeSignalKind::queue_action)
            fuzz::check(!signal.queue.action.empty(), "an action has a name");
    fuzz::check(told < 1'000'000, "so few bytes tell no more than this");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = fuzz::text_of(data, size);
    fuzz::read_in_slices(bytes, frames_of);
    converse(bytes);
    return 0;
}
