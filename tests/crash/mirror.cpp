#include "tests/crash/mirror.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "net/socket.hpp"
#include "sources/hep/hep_test_packet.hpp"
#include "tests/crash/office.hpp"

namespace callboard::test {
namespace {

using callboard::testing::big;
using callboard::testing::chunk;

constexpr std::size_t kCallsAtATime = 8;
constexpr std::chrono::milliseconds kBetweenMessages{4};  // of one call

/// One call between two phones, message by message.
class MirroredCall {
  public:
    MirroredCall(std::uint64_t number, const Phone& caller, const Phone& called)
        : id_(fmt::format("mirrored-{}", number)), caller_(caller), called_(called) {}

    bool over() const { return step_ == kSteps.size(); }
    std::string next() {
        const auto [start_line, cseq, answered] = kSteps[step_++];
        return fmt::format(
            "{}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-{}-{}\r\nFrom: "
            "<sip:{}@pbx.example>;tag=caller\r\n"
            "To: <sip:{}@pbx.example>{}\r\nCall-ID: {}\r\nCSeq: {}\r\nContent-Length: 0\r\n\r\n",
            fmt::format(fmt::runtime(start_line), called_.user), id_, cseq[0], caller_.user, called_.user,
            answered ? ";tag=called" : "", id_, cseq);
    }

  private:
    struct Step {
        std::string_view start_line, cseq;
        bool answered;
    };
    static constexpr std::array<Step, 6> kSteps = {{{"INVITE sip:{}@pbx.example SIP/2.0", "1 INVITE", false},
                                                    {"SIP/2.0 180 Ringing", "1 INVITE", true},
                                                    {"SIP/2.0 200 OK", "1 INVITE", true},
                                                    {"ACK sip:{}@pbx.example SIP/2.0", "1 ACK", true},
                                                    {"BYE sip:{}@pbx.example SIP/2.0", "2 BYE", true},
                                                    {"SIP/2.0 200 OK", "2 BYE", true}}};
    std::string id_;
    Phone caller_, called_;
    std::size_t step_ = 0;
};

std::string packet(std::string_view payload) {
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    const auto us = static_cast<std::uint64_t>(now);
    return callboard::testing::hep3(
        {chunk(1, "\x02"), chunk(2, "\x11"), chunk(3, "\xC0\x0A\x02\x01"), chunk(4, "\xC0\x0A\x02\x02"),
         chunk(7, big(5060, 2)), chunk(8, big(5060, 2)), chunk(9, big(us / 1'000'000, 4)),
         chunk(10, big(us % 1'000'000, 4)), chunk(11, "\x01"), chunk(12, big(2001, 4)), chunk(15, payload)});
}

}  // namespace

std::uint64_t mirror_calls(std::stop_token stop, std::uint16_t hep_port) {
    const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto to = *parse_address("127.0.0.1:" + std::to_string(hep_port));
    const auto all = phones();
    std::uint64_t sent = 0, begun = 0;
    std::vector<MirroredCall> calls;
    while (!stop.stop_requested()) {
        while (calls.size() < kCallsAtATime) {
            const std::size_t caller = begun % all.size();
            const std::size_t called = (caller + 1 + begun / all.size() % (all.size() - 1)) % all.size();
            calls.emplace_back(begun++, all[caller], all[called]);
        }
        for (MirroredCall& call : calls) {
            const std::string bytes = packet(call.next());
            // Refused while nobody listens: what is mirrored then is lost, as it is for every proxy.
            ::sendto(socket.get(), bytes.data(), bytes.size(), 0, to.raw(), to.length);
            ++sent;
        }
        std::erase_if(calls, [](const MirroredCall& call) { return call.over(); });
        std::this_thread::sleep_for(kBetweenMessages);
    }
    return sent;
}

}  // namespace callboard::test
