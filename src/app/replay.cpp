#include "app/commands.hpp"
#include "app/failure.hpp"
#include "app/packet_sender.hpp"
#include "app/player.hpp"
#include "app/signals.hpp"

namespace callboard {
namespace {

constexpr Duration kBetweenRounds = std::chrono::seconds(1);

/// Waits for a signal that ends the program, at most so long.
bool pause(const Signals& signals, Duration patience) {
    const auto signal = signals.wait(std::chrono::ceil<std::chrono::milliseconds>(patience));
    return !signal || *signal == SIGHUP;
}

/// Rounds begin where the minutes of the clock are, so that those of another run are other calls.
unsigned first_round(const Clock& clock) {
    return static_cast<unsigned>(
        std::chrono::floor<std::chrono::minutes>(clock.now()).time_since_epoch().count() % 10'000);
}

}  // namespace

int replay(const ReplayOptions& options) {
    const auto packets = read_recording(options.file);
    if (!packets) return fail(kWrongUse, packets.error().what);
    if (packets->empty()) return fail(kWrongUse, options.file + ": nothing is recorded in it");
    const Signals signals;
    auto sender = PacketSender::open(options.to);
    if (!sender)
        return fail(sender.error().kind == Error::Kind::invalid ? kWrongUse : kNotStarted,
                    "--to " + sender.error().what);
    const SystemClock clock;
    const auto wait = [&](Duration patience) { return pause(signals, patience); };
    unsigned round = first_round(clock);
    do {
        const auto played =
            play(*packets, {.speed = options.speed}, clock, wait, [&](const RecordedPacket& packet) {
                return sender->send(options.loop ? replayed(packet.bytes, clock.now(), round) : packet.bytes);
            });
        if (!played)
            return fail(played.error().kind == Error::Kind::invalid ? kWrongUse : kNotStarted,
                        played.error().what);
        if (!*played) return kDone;
        ++round;
    } while (options.loop && pause(signals, kBetweenRounds));
    return kDone;
}

}  // namespace callboard
