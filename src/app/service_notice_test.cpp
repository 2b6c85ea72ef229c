#include "app/service_notice.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "net/socket.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using std::chrono::microseconds;

/// What systemd is to callboard.
class Listening {
  public:
    /// `name`: as in NOTIFY_SOCKET.
    explicit Listening(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name[0] == '@') address.sun_path[0] = '\0';
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), length), 0);
    }
    std::string heard() {
        std::array<char, 512> bytes{};
        const ssize_t count = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        return count < 0 ? "" : std::string(bytes.data(), static_cast<std::size_t>(count));
    }

  private:
    Descriptor socket_;
};

TEST(ServiceNotice, SaysEachThingInItsOwnMessage) {
    const test::TemporaryDirectory dir;
    const auto path = (dir.path() / "notify").string();
    Listening systemd(path);
    const ServiceNotice notice(path);
    EXPECT_TRUE(notice.wanted());
    EXPECT_TRUE(notice.ready("3 services\nREADY=0"));
    EXPECT_EQ(systemd.heard(), "READY=1\nSTATUS=3 services READY=0");
    EXPECT_TRUE(notice.reloading(std::chrono::steady_clock::time_point(microseconds(1'234'567))));
    EXPECT_EQ(systemd.heard(), "RELOADING=1\nMONOTONIC_USEC=1234567");
    EXPECT_TRUE(notice.alive());
    EXPECT_EQ(systemd.heard(), "WATCHDOG=1");
    EXPECT_TRUE(notice.stopping());
    EXPECT_EQ(systemd.heard(), "STOPPING=1");
}

TEST(ServiceNotice, FindsASocketOfTheAbstractNamespace) {
    const auto name = "@callboard-notice-" + std::to_string(::getpid());
    Listening systemd(name);
    EXPECT_TRUE(ServiceNotice(name).alive());
    EXPECT_EQ(systemd.heard(), "WATCHDOG=1");
}

TEST(ServiceNotice, WithoutSystemdNothingIsSaid) {
    EXPECT_FALSE(ServiceNotice("").wanted());
    EXPECT_TRUE(ServiceNotice("").alive());
}

TEST(ServiceNotice, ASocketThatIsNoneOrGoneIsNamed) {
    for (const std::string& socket :
         {std::string("relative"), "/" + std::string(200, 'x'), std::string("/nowhere/at/all")}) {
        const auto sent = ServiceNotice(socket).alive();
        ASSERT_FALSE(sent) << socket;
        EXPECT_THAT(sent.error().what, testing::HasSubstr("NOTIFY_SOCKET=" + socket));
    }
}

TEST(WatchdogInterval, IsThatOfTheProcessItIsMeantFor) {
    EXPECT_EQ(watchdog_interval("30000000", nullptr, 7), microseconds(30'000'000));
    EXPECT_EQ(watchdog_interval("30000000", "7", 7), microseconds(30'000'000));
    EXPECT_EQ(watchdog_interval("30000000", "8", 7), std::nullopt);
}

TEST(WatchdogInterval, IsNoneWhenItIsOffOrNoNumber) {
    for (const char* usec : {"", "0", "-5", "30s", " 30", "99999999999999999999"})
        EXPECT_EQ(watchdog_interval(usec, nullptr, 7), std::nullopt) << usec;
    EXPECT_EQ(watchdog_interval(nullptr, nullptr, 7), std::nullopt);
    EXPECT_EQ(watchdog_interval("30000000", "seven", 7), std::nullopt);
}

}  // namespace
}  // namespace callboard
