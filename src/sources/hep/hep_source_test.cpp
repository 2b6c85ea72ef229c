#include "sources/hep/hep_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <regex>
#include <string>
#include <vector>

#include "net/socket.hpp"
#include "sources/hep/hep_test_packet.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::mirrored;
using testing::options;

constexpr auto kDeadline = 10s;

/// Wall and steady clock that stand still until told otherwise, readable by the source's thread.
class SteppedClock final : public Clock {
  public:
    Time now() const override { return time_from_nanoseconds(1'780'000'500'000'000'000 + elapsed_.load()); }
    std::chrono::steady_clock::time_point steady() const override {
        return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(elapsed_.load()));
    }
    void advance(Duration by) { elapsed_ += by.count(); }

  private:
    std::atomic<std::int64_t> elapsed_{0};
};

/// Keeps what comes, and lets the test wait for it.
class Collected final : public SipSink {
  public:
    struct Message {
        std::string call_id;
        Time captured, collected;
        SipEndpoint source;
        std::uint32_t capture_id = 0;
    };

    void on_sip(const SipMessage& message) override {
        const std::lock_guard lock(mutex_);
        messages_.push_back({std::string(message.call_id), message.captured, message.collected,
                             message.source, message.capture_id});
        changed_.notify_all();
    }
    void on_pause(Time now) override {
        const std::lock_guard lock(mutex_);
        ++pauses_;
        messages_at_pause_ = messages_.size();
        last_pause_ = now;
        changed_.notify_all();
    }

    /// Waits until so many messages came and a pause was called after them.
    bool wait_for(std::size_t count) {
        return wait([&] { return messages_at_pause_ >= count; });
    }
    bool wait_for_pauses(std::size_t more) {
        std::unique_lock lock(mutex_);
        const std::size_t wanted = pauses_ + more;
        return changed_.wait_for(lock, kDeadline, [&] { return pauses_ >= wanted; });
    }
    std::vector<Message> messages() {
        const std::lock_guard lock(mutex_);
        return messages_;
    }
    std::vector<std::string> call_ids() {
        std::vector<std::string> ids;
        for (const auto& message : messages()) ids.push_back(message.call_id);
        return ids;
    }
    Time last_pause() {
        const std::lock_guard lock(mutex_);
        return last_pause_;
    }

  private:
    bool wait(const std::function<bool()>& reached) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kDeadline, reached);
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Message> messages_;
    std::size_t pauses_ = 0;
    std::size_t messages_at_pause_ = 0;
    Time last_pause_{};
};

/// A mirror: a connected socket to the source.
class Mirror {
  public:
    explicit Mirror(const std::string& listen) {
        const auto address = parse_address(std::string_view(listen).substr(4));
        const int type = listen.starts_with("udp:") ? SOCK_DGRAM : SOCK_STREAM;
        socket_ = Descriptor(::socket(address->family(), type | SOCK_CLOEXEC, 0));
        connected_ = ::connect(socket_.get(), address->raw(), address->length) == 0;
        const timeval patience{10, 0};
        setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    bool connected() const { return connected_; }
    void send(std::string_view bytes) const {
        EXPECT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }
    /// Waits until the source closes the connection.
    bool closed_by_source() const {
        char byte = 0;
        const ssize_t count = ::recv(socket_.get(), &byte, 1, 0);
        return count == 0 || (count < 0 && errno == ECONNRESET);
    }

  private:
    Descriptor socket_;
    bool connected_ = false;
};

/// Likewise, as texts; read after the pause that Collected waits for, or after stop().
class CollectedMgcp final : public MgcpSink {
  public:
    void on_mgcp(const MgcpMessage& message) override {
        const std::lock_guard lock(mutex_);
        start_lines_.emplace_back(message.start_line);
        last_ = message;
    }
    void on_pause(Time now) override {
        const std::lock_guard lock(mutex_);
        last_pause_ = now;
    }
    std::vector<std::string> start_lines() const {
        const std::lock_guard lock(mutex_);
        return start_lines_;
    }
    /// Its views are dead.
    MgcpMessage last() const {
        const std::lock_guard lock(mutex_);
        return last_;
    }
    Time last_pause() const {
        const std::lock_guard lock(mutex_);
        return last_pause_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> start_lines_;
    MgcpMessage last_;
    Time last_pause_{};
};

class HepSourceTest : public ::testing::TestWithParam<std::string> {
  protected:
    HepSource::Settings settings(const std::string& listen) {
        HepSource::Settings made;
        made.name = "sbc";
        made.listen = listen;
        made.receive_buffer = 200'000;
        return made;
    }
    std::unique_ptr<HepSource> started(HepSource::Settings made) {
        auto source = std::make_unique<HepSource>(std::move(made), sink_, mgcp_, clock_, metrics_);
        const auto result = source->start();
        EXPECT_TRUE(result) << (result ? "" : result.error().what);
        return source;
    }
    std::uint64_t counted(const std::string& name, Metrics::Labels labels = {}) {
        labels.insert(labels.begin(), {"source", "sbc"});
        return metrics_.counter(name, "", labels).value();
    }
    std::uint64_t hep_errors(const std::string& reason) {
        return counted("callboard_hep_errors_total", {{"reason", reason}});
    }

    SystemClock clock_;
    Metrics metrics_;
    Collected sink_;
    CollectedMgcp mgcp_;
};

// What holds over both transports.
class HepTransport : public HepSourceTest {
  protected:
    std::string any_port() const { return GetParam() + ":127.0.0.1:0"; }
};

TEST_P(HepTransport, DeliversEveryMessageInOrderWithItsCapture) {
    SteppedClock clock;
    HepSource source(settings(any_port()), sink_, mgcp_, clock, metrics_);
    ASSERT_TRUE(source.start());
    const Mirror mirror(source.address());
    std::vector<std::string> sent;
    for (int i = 0; i < 100; ++i) {
        sent.push_back("call-" + std::to_string(i));
        mirror.send(mirrored(options(sent.back())));
    }
    ASSERT_TRUE(sink_.wait_for(100));
    EXPECT_EQ(sink_.call_ids(), sent);
    const auto first = sink_.messages().front();
    EXPECT_EQ(first.captured, time_from_nanoseconds(1'780'000'000'102'000'000));
    EXPECT_EQ(first.collected, clock.now());
    EXPECT_EQ(first.source.port, 5060);
    EXPECT_EQ(first.capture_id, 2001U);
    EXPECT_EQ(counted("callboard_hep_packets_total"), 100U);
    EXPECT_EQ(counted("callboard_sip_messages_total"), 100U);
}

TEST_P(HepTransport, TakesNowWhereTheMirrorGivesNoTime) {
    SteppedClock clock;
    HepSource source(settings(any_port()), sink_, mgcp_, clock, metrics_);
    ASSERT_TRUE(source.start());
    Mirror(source.address())
        .send(testing::hep3({testing::chunk(11, "\x01"), testing::chunk(15, options("a"))}));
    ASSERT_TRUE(sink_.wait_for(1));
    EXPECT_EQ(sink_.messages()[0].captured, clock.now());
}

TEST_P(HepTransport, CountsWhatItCannotReadAndGoesOn) {
    const auto source = started(settings(any_port()));
    const Mirror mirror(source->address());
    mirror.send(testing::hep3({testing::chunk(11, "\x01")}));      // nothing mirrored
    mirror.send(testing::hep3({testing::chunk(3, "\x01"), "x"}));  // an address of one byte
    mirror.send(mirrored("nonsense\r\n\r\n"));                     // no SIP
    mirror.send(mirrored("\r\n\r\n"));                             // a keep-alive is no error
    mirror.send(mirrored("{\"type\":200}", {}, 5));                // an RTCP report
    mirror.send(mirrored(options("after")));
    ASSERT_TRUE(sink_.wait_for(1));
    EXPECT_THAT(sink_.call_ids(), ElementsAre("after"));
    EXPECT_EQ(counted("callboard_hep_packets_total"), 6U);
    EXPECT_EQ(hep_errors("no_payload"), 1U);
    EXPECT_EQ(hep_errors("bad_chunk"), 1U);
    EXPECT_EQ(counted("callboard_sip_errors_total", {{"reason", "bad_start_line"}}), 1U);
    EXPECT_EQ(counted("callboard_hep_skipped_total"), 1U);
    EXPECT_EQ(counted("callboard_sip_messages_total"), 1U);
}

TEST_P(HepTransport, DropsPacketsWithoutItsPassword) {
    auto guarded = settings(any_port());
    guarded.password = Secret("correct horse");
    const auto source = started(std::move(guarded));
    const Mirror mirror(source->address());
    mirror.send(mirrored(options("none")));
    mirror.send(mirrored(options("wrong"), "correct hors"));
    mirror.send(mirrored(options("longer"), "correct horse "));
    mirror.send(mirrored(options("right"), "correct horse"));
    ASSERT_TRUE(sink_.wait_for(1));
    EXPECT_THAT(sink_.call_ids(), ElementsAre("right"));
    EXPECT_EQ(hep_errors("wrong_password"), 3U);
    EXPECT_THAT(metrics_.text(), Not(HasSubstr("horse")));
}

TEST_P(HepTransport, LetsTimePassInSilence) {
    const auto source = started(settings(any_port()));
    const Time begun = clock_.now();
    ASSERT_TRUE(sink_.wait_for_pauses(5));
    EXPECT_GT(sink_.last_pause(), begun);
}

TEST_P(HepTransport, RefusesAnAddressThatIsTaken) {
    const auto first = started(settings(any_port()));
    HepSource second(settings(first->address()), sink_, mgcp_, clock_, metrics_);
    const auto result = second.start();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(result.error().what, HasSubstr("source sbc: cannot listen on " + first->address().substr(4)));
    EXPECT_THAT(result.error().what, HasSubstr("choose another port"));
    EXPECT_FALSE(second.health().up);
    EXPECT_EQ(second.health().detail, result.error().what);
    // The first goes on.
    Mirror(first->address()).send(mirrored(options("still")));
    EXPECT_TRUE(sink_.wait_for(1));
}

TEST_P(HepTransport, StopsAndFreesItsAddress) {
    auto source = started(settings(any_port()));
    const std::string address = source->address();
    const Mirror mirror(address);
    mirror.send(mirrored(options("before")));
    ASSERT_TRUE(sink_.wait_for(1));
    source->stop();
    EXPECT_FALSE(source->health().up);
    EXPECT_EQ(metrics_.gauge("callboard_source_up", "", {{"source", "sbc"}}).value(), 0);
    const auto again = started(settings(address));
    Mirror(address).send(mirrored(options("again")));
    ASSERT_TRUE(sink_.wait_for(2));
    EXPECT_THAT(sink_.call_ids(), ElementsAre("before", "again"));
}

TEST_P(HepTransport, TellsHowItIs) {
    const Time before = clock_.now();
    HepSource source(settings(any_port()), sink_, mgcp_, clock_, metrics_);
    EXPECT_FALSE(source.health().up);
    ASSERT_TRUE(source.start());
    const auto health = source.health();
    EXPECT_EQ(health.name, "sbc");
    EXPECT_EQ(health.kind, "hep");
    EXPECT_TRUE(health.up);
    EXPECT_GE(health.since, before);
    EXPECT_EQ(health.detail, "");
    EXPECT_EQ(metrics_.gauge("callboard_source_up", "", {{"source", "sbc"}}).value(), 1);
    EXPECT_THAT(source.address(), ::testing::MatchesRegex(GetParam() + ":127\\.0\\.0\\.1:[1-9][0-9]*"));
    source.stop();
    source.stop();  // a second time does nothing
}

TEST_P(HepTransport, ListensOnIpv6) {
    auto source =
        std::make_unique<HepSource>(settings(GetParam() + ":[::1]:0"), sink_, mgcp_, clock_, metrics_);
    if (!source->start()) GTEST_SKIP() << "no IPv6 here";
    Mirror(source->address()).send(mirrored(options("six")));
    EXPECT_TRUE(sink_.wait_for(1));
}

INSTANTIATE_TEST_SUITE_P(Transports, HepTransport, ::testing::Values("udp", "tcp"),
                         [](const auto& transport) { return transport.param; });

TEST_F(HepSourceTest, NamesWhatIsWrongWithItsAddress) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"127.0.0.1:9060", "must begin with udp: or tcp:"},
        {"sctp:127.0.0.1:9060", "must begin with udp: or tcp:"},
        {"udp:127.0.0.1", "has no port"},
        {"tcp:127.0.0.1:99999", "is no address"},
        {"udp:192.0.2.77:9060", "this machine has no such address"},
    };
    for (const auto& [listen, expected] : cases) {
        HepSource source(settings(listen), sink_, mgcp_, clock_, metrics_);
        const auto result = source.start();
        ASSERT_FALSE(result) << listen;
        EXPECT_THAT(result.error().what, HasSubstr("source sbc: "));
        EXPECT_THAT(result.error().what, HasSubstr(expected));
    }
}

TEST_F(HepSourceTest, TakesMgcpBesideSip) {
    const auto source = started(settings("udp:127.0.0.1:0"));
    const Mirror mirror(source->address());
    mirror.send(mirrored("NTFY 1 aaln/1@gw MGCP 1.0\r\nX: 1\r\nO: L/hd\r\n.\r\n200 7 OK\r\n", {}, 8));
    mirror.send(mirrored("NTFY 1 aaln/1@gw MGCP 3.0\r\n", {}, 8));
    mirror.send(mirrored("\r\n", {}, 8));
    mirror.send(mirrored(options("sip")));
    ASSERT_TRUE(sink_.wait_for(1));
    source->stop();
    EXPECT_THAT(mgcp_.start_lines(), ElementsAre("NTFY 1 aaln/1@gw MGCP 1.0", "200 7 OK"));
    EXPECT_EQ(mgcp_.last().captured, time_from_nanoseconds(1'780'000'000'102'000'000));
    EXPECT_EQ(mgcp_.last().source.port, 5060);
    EXPECT_EQ(mgcp_.last().capture_id, 2001U);
    EXPECT_GE(mgcp_.last_pause(), mgcp_.last().collected);
    EXPECT_EQ(counted("callboard_mgcp_messages_total"), 2U);
    EXPECT_EQ(counted("callboard_sip_messages_total"), 1U);
    EXPECT_EQ(counted("callboard_hep_skipped_total"), 0U);
    EXPECT_EQ(
        metrics_.counter("callboard_mgcp_errors_total", "", {{"source", "sbc"}, {"reason", "bad_version"}})
            .value(),
        1U);
}

TEST_F(HepSourceTest, CountsNothingThatTheDocumentationDoesNotName) {
    const HepSource source(settings("udp:127.0.0.1:0"), sink_, mgcp_, clock_, metrics_);
    std::string document;
    for (const char* page : {"hep.md", "mgcp.md"}) {
        std::ifstream in(std::string(CALLBOARD_SOURCE_DIR "/docs/sources/") + page);
        document.append(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    const std::string text = metrics_.text();
    const std::regex names("# TYPE (\\w+)|reason=\"(\\w+)\"");
    std::size_t count = 0;
    for (std::sregex_iterator it(text.begin(), text.end(), names), end; it != end; ++it, ++count) {
        const std::string name = (*it)[1].matched ? (*it)[1] : (*it)[2];
        EXPECT_TRUE(std::regex_search(document, std::regex("`" + name + "[`{]"))) << name;
    }
    EXPECT_EQ(count, 9U + 8U + 9U + 7U);
}

TEST_F(HepSourceTest, ReadsOldVersionsOverUdp) {
    const auto source = started(settings("udp:127.0.0.1:0"));
    const Mirror mirror(source->address());
    const std::string header("\x01\x10\x02\x11\x13\xC4\x13\xD8\xC0\x0A\x02\x01\xC0\x0A\x02\x02", 16);
    mirror.send(header + options("version-1"));
    std::string second = header;
    second[0] = 2;
    mirror.send(second + std::string("\x00\x00\x00\x6A\x00\x00\x00\x00\x01\x00\x00\x00", 12) +
                options("version-2"));
    ASSERT_TRUE(sink_.wait_for(2));
    EXPECT_THAT(sink_.call_ids(), ElementsAre("version-1", "version-2"));
}

TEST_F(HepSourceTest, TakesTheLongestDatagram) {
    const auto source = started(settings("udp:127.0.0.1:0"));
    std::string message = options("long");
    message += std::string(65'000 - message.size(), 'b');
    const Mirror mirror(source->address());
    mirror.send(mirrored(message));
    mirror.send("");  // and the shortest
    mirror.send(mirrored(options("next")));
    ASSERT_TRUE(sink_.wait_for(2));
    EXPECT_EQ(counted("callboard_hep_packets_total"), 3U);
    EXPECT_EQ(hep_errors("not_hep"), 1U);
}

TEST_F(HepSourceTest, CountsWhatTheKernelDropped) {
    auto small = settings("udp:127.0.0.1:0");
    small.receive_buffer = 1;  // the kernel's minimum
    HepSource source(std::move(small), sink_, mgcp_, clock_, metrics_);
    ASSERT_TRUE(source.start());
    const Mirror mirror(source.address());
    const std::string packet = mirrored(options("flood") + std::string(2'000, ' '));
    // However fast it reads, a buffer of one or two datagrams runs over sooner or later.
    const auto deadline = std::chrono::steady_clock::now() + kDeadline;
    while (counted("callboard_hep_dropped_total") == 0 && std::chrono::steady_clock::now() < deadline)
        for (int i = 0; i < 100; ++i) mirror.send(packet);
    EXPECT_GT(counted("callboard_hep_dropped_total"), 0U);
}

TEST_F(HepSourceTest, ClosesAStreamThatIsNoHepAndServesTheNext) {
    const auto source = started(settings("tcp:127.0.0.1:0"));
    const Mirror wrong(source->address());
    wrong.send(mirrored(options("good")) + "GET / HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(wrong.closed_by_source());
    const Mirror right(source->address());
    right.send(mirrored(options("next")));
    ASSERT_TRUE(sink_.wait_for(2));
    EXPECT_THAT(sink_.call_ids(), ElementsAre("good", "next"));
    EXPECT_EQ(hep_errors("broken_stream"), 1U);
}

TEST_F(HepSourceTest, AHalfSentPacketHoldsUpNobody) {
    const auto source = started(settings("tcp:127.0.0.1:0"));
    const std::string packet = mirrored(options("slow"));
    const Mirror silent(source->address());
    const Mirror slow(source->address());
    slow.send(packet.substr(0, packet.size() / 2));
    const Mirror quick(source->address());
    quick.send(mirrored(options("quick")));
    ASSERT_TRUE(sink_.wait_for(1));
    slow.send(packet.substr(packet.size() / 2));
    ASSERT_TRUE(sink_.wait_for(2));
    EXPECT_THAT(sink_.call_ids(), ElementsAre("quick", "slow"));
}

TEST_F(HepSourceTest, ClosesConnectionsThatKeepItWaitingAndKeepsTheOthers) {
    SteppedClock clock;
    HepSource source(settings("tcp:127.0.0.1:0"), sink_, mgcp_, clock, metrics_);
    ASSERT_TRUE(source.start());
    const Mirror proven(source.address());
    proven.send(mirrored(options("one")));
    ASSERT_TRUE(sink_.wait_for(1));
    const Mirror within(source.address());
    within.send(mirrored(options("two")) + "HEP3");
    ASSERT_TRUE(sink_.wait_for(2));
    const Mirror silent(source.address());
    // A message over a later connection: the silent one has been accepted before.
    const Mirror later(source.address());
    later.send(mirrored(options("three")));
    ASSERT_TRUE(sink_.wait_for(3));
    clock.advance(61s);
    EXPECT_TRUE(silent.closed_by_source());
    EXPECT_TRUE(within.closed_by_source());
    proven.send(mirrored(options("four")));
    ASSERT_TRUE(sink_.wait_for(4));
    EXPECT_EQ(sink_.call_ids().back(), "four");
}

TEST_F(HepSourceTest, ANewcomerTakesThePlaceOfWhoNeverSpoke) {
    auto two = settings("tcp:127.0.0.1:0");
    two.most_connections = 2;
    const auto source = started(std::move(two));
    const Mirror first(source->address());
    first.send(mirrored(options("first")));
    ASSERT_TRUE(sink_.wait_for(1));
    const Mirror silent(source->address());
    const Mirror third(source->address());
    third.send(mirrored(options("third")));
    ASSERT_TRUE(sink_.wait_for(2));
    EXPECT_TRUE(silent.closed_by_source());
    // Now all places are taken by senders that have spoken.
    EXPECT_TRUE(Mirror(source->address()).closed_by_source());
    first.send(mirrored(options("still first")));
    EXPECT_TRUE(sink_.wait_for(3));
}

TEST_F(HepSourceTest, StopsWithOpenConnections) {
    const auto source = started(settings("tcp:127.0.0.1:0"));
    std::vector<Mirror> mirrors;
    for (int i = 0; i < 20; ++i) mirrors.emplace_back(source->address());
    for (const auto& mirror : mirrors) mirror.send(mirrored(options("x")) + "HEP3");
    ASSERT_TRUE(sink_.wait_for(20));
    source->stop();
    for (const auto& mirror : mirrors) EXPECT_TRUE(mirror.closed_by_source());
}

}  // namespace
}  // namespace callboard
