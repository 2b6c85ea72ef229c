#include "contacts/contact_lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "contacts/lookup_turns.hpp"
#include "tests/support/raw_server.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using test::RawServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kNumber = "0033612345678";

std::string answer(const std::string& body, const std::string& type = "application/json",
                   const std::string& status = "200 OK") {
    return "HTTP/1.1 " + status + "\r\nContent-Type: " + type +
           "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// A directory that answers everything with the same bytes, or hangs.
class ContactLookupTest : public testing::Test {
  protected:
    void start(const std::string& path = "/?n=*NUMBER*") {
        settings_.url = directory_.url(path);
        lookup_ = std::make_unique<ContactLookup>(settings_, *store_, clock_, metrics_);
    }
    bool eventually(const std::function<bool()>& holds) const {
        const auto deadline = clock_.steady() + std::chrono::seconds(30);
        while (!holds()) {
            if (clock_.steady() > deadline) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return true;
    }
    std::uint64_t count(const char* result) {
        return metrics_.counter("callboard_contact_lookups_total", "", {{"result", result}}).value();
    }
    /// Asks until that many lookups have ended so.
    bool ends(const char* result, std::uint64_t times = 1) {
        return eventually([&] { return count(result) >= times; });
    }
    std::string name() { return store_->name_of("office", kNumber)->value_or("nobody"); }

    const SystemClock clock_{};
    Metrics metrics_;
    const test::TemporaryDirectory folder_;
    std::unique_ptr<ContactStore> store_ = *ContactStore::open(folder_.path() / "contacts.db");
    std::string said_ = answer(R"({"name":"Jean Dupont"})");  // empty: it hangs
    RawServer directory_{[this](int fd) { said_.empty() ? directory_.hang(fd) : RawServer::say(fd, said_); }};
    ContactLookup::Settings settings_ = [] {
        ContactLookup::Settings settings;
        settings.allow_private = {"127.0.0.1"};
        return settings;
    }();
    std::unique_ptr<ContactLookup> lookup_;
};

TEST_F(ContactLookupTest, KeepsWhatTheDirectorySays) {
    settings_.header = Secret("Authorization: Bearer abc");
    start("/name?phone=*E164*&n=*NUMBER*");
    EXPECT_TRUE(lookup_->ask("office", kNumber));
    ASSERT_TRUE(ends("found"));
    EXPECT_TRUE(eventually([this] { return name() == "Jean Dupont"; }));
    EXPECT_FALSE(lookup_->ask("office", kNumber)) << "it is known";
    ASSERT_EQ(directory_.requests().size(), 1U);
    EXPECT_THAT(directory_.requests().front(),
                AllOf(HasSubstr("GET /name?phone=%2B33612345678&n=0033612345678 HTTP/1.1\r\n"),
                      HasSubstr("Authorization: Bearer abc\r\n"),
                      HasSubstr("Accept: application/json, text/plain\r\n")));
}

TEST_F(ContactLookupTest, NobodyIsKeptAsWell) {
    said_ = answer("", "text/plain", "404 Not Found");
    start();
    EXPECT_TRUE(lookup_->ask("office", kNumber));
    ASSERT_TRUE(ends("nobody"));
    EXPECT_TRUE(eventually([this] { return !lookup_->ask("office", kNumber); }));
    EXPECT_EQ(name(), "nobody");
    EXPECT_EQ(directory_.connections(), 1);
}

TEST_F(ContactLookupTest, WhatItCannotUseIsNoName) {
    const std::string bodies[] = {
        answer("oops", "text/plain", "500 Internal Server Error"),
        answer("<h1>Log in</h1>", "text/html"),
        answer("{\"name\":", "application/json"),
        answer("\xFF\xFE", "text/plain"),
        answer(std::string(65 << 10, 'x'), "text/plain"),
        "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nJean",
        "220 mail.example ESMTP\r\n",
    };
    for (const std::string& body : bodies) {
        RawServer broken([&body](int fd) { RawServer::say(fd, body); });
        settings_.url = broken.url("/?n=*NUMBER*");
        lookup_ = std::make_unique<ContactLookup>(settings_, *store_, clock_, metrics_);
        const auto before = count("failed");
        EXPECT_TRUE(lookup_->ask("office", kNumber));
        EXPECT_TRUE(ends("failed", before + 1)) << body;
        EXPECT_EQ(name(), "nobody");
        lookup_.reset();
    }
}

TEST_F(ContactLookupTest, ADirectoryThatHangsIsWaitedForInVain) {
    said_.clear();
    settings_.timeout = std::chrono::milliseconds(50);
    start();
    EXPECT_TRUE(lookup_->ask("office", kNumber));
    EXPECT_TRUE(ends("failed"));
}

TEST_F(ContactLookupTest, StopsWhileTheDirectoryHangs) {
    said_.clear();
    start();
    for (int i = 0; i < 20; ++i) lookup_->ask("office", "003361234" + std::to_string(1'000 + i));
    ASSERT_TRUE(eventually([this] { return directory_.connections() > 0; }));
    lookup_.reset();  // the test would time out
}

TEST_F(ContactLookupTest, IsLeftAloneWhenItFails) {
    said_ = answer("", "text/plain", "503 Service Unavailable");
    start();
    for (int i = 0; i < LookupTurns::kFailures; ++i) {
        EXPECT_TRUE(lookup_->ask("office", "003361234" + std::to_string(1'000 + i)));
        ASSERT_TRUE(ends("failed", static_cast<std::uint64_t>(i + 1)));
    }
    EXPECT_FALSE(lookup_->ask("office", kNumber));
    EXPECT_EQ(count("refused"), 1U);
    EXPECT_EQ(directory_.connections(), LookupTurns::kFailures);
}

TEST_F(ContactLookupTest, NeverLeadsInsideUnlessTheOperatorSaysSo) {
    settings_.allow_private.clear();
    start();
    EXPECT_TRUE(lookup_->ask("office", kNumber));
    EXPECT_TRUE(ends("failed"));
    EXPECT_EQ(directory_.connections(), 0);
}

TEST_F(ContactLookupTest, LogsNeitherNumberNorSecretNorName) {
    settings_.header = Secret("X-Key: SESAME");
    said_ = answer("{\"name\":7}");
    start();
    testing::internal::CaptureStdout();
    lookup_->ask("office", kNumber);
    EXPECT_TRUE(ends("failed"));
    lookup_.reset();
    const std::string log = testing::internal::GetCapturedStdout();
    EXPECT_THAT(
        log, AllOf(HasSubstr("\"name\" is no text"), Not(HasSubstr("SESAME")), Not(HasSubstr("612345678"))));
}

TEST(ContactLookupUrl, SaysWhereTheNumberGoes) {
    EXPECT_EQ(ContactLookup::wrong_url("https://crm.example/name?phone=*NUMBER*"), std::nullopt);
    EXPECT_EQ(ContactLookup::wrong_url("http://crm.internal/*E164*"), std::nullopt);
    const auto why = [](const char* url) { return ContactLookup::wrong_url(url).value_or(""); };
    EXPECT_THAT(why("https://crm.example/name"), HasSubstr("*NUMBER* (0033612345678)"));
    EXPECT_THAT(why("https://crm.example/?n=*CALLING*"), HasSubstr("no placeholder *CALLING*"));
    EXPECT_THAT(why("https://me:word@crm.example/*NUMBER*"), HasSubstr("lookup_header"));
    EXPECT_THAT(why("ftp://crm.example/*NUMBER*"), HasSubstr("has to be a URL"));
}

}  // namespace
}  // namespace callboard
