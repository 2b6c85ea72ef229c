#include "delivery/webhook/webhook_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/temporary_directory.hpp"

namespace callboard::webhook {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr Time kNow = time_from_nanoseconds(1'780'000'000'000'000'000);

class WebhookFileTest : public ::testing::Test {
  protected:
    WebhookFile open(const Secret& key = Secret(std::string(32, 'k'))) {
        auto opened = WebhookFile::open(path_, key);
        EXPECT_TRUE(opened) << opened.error().what;
        return *std::move(opened);
    }
    static Message message(std::string call) {
        Message made;
        made.sequence = 7;
        made.event = "start_ringing";
        made.calling = "0033612345678";
        made.call_id = std::move(call);
        made.body = R"({"event":"start_ringing"})";
        return made;
    }
    static Standing standing() {
        Standing made;
        made.id = "w1";
        made.place = {11, 22, kNow};
        made.state = Schedule::State::paused;
        made.failing_since = kNow - 1h;
        made.last_error = "the receiver answered 500";
        made.shape = "shape";
        Webhook webhook;
        webhook.id = "w1";
        webhook.name = "crm";
        webhook.account = "ba-demo";
        webhook.events = {"start_ringing", "*"};
        webhook.url = "https://crm.example/?key=hidden";
        webhook.method = Webhook::Method::post;
        webhook.secret = Secret("top-secret");
        webhook.previous_secret = Secret("before");
        made.made = webhook;
        return made;
    }
    static Attempt attempt(WebhookFile& file, std::string webhook = "w1") {
        Attempt made;
        made.id = file.next_attempt();
        made.webhook = std::move(webhook);
        made.delivery = 5;
        made.number = 3;
        made.at = kNow;
        made.took = 12ms;
        made.status = 500;
        made.result = Schedule::Verdict::retrying;
        made.request = "POST https://crm.example/?key=hidden";
        made.answer = "oops";
        made.error = "the receiver answered 500";
        made.message = message("call-5");
        return made;
    }

    test::TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "webhooks.db";
};

TEST_F(WebhookFileTest, KeepsHowAWebhookStands) {
    {
        WebhookFile file = open();
        Changes changes;
        changes.standings["w1"] = standing();
        ASSERT_TRUE(file.write(changes));
    }
    const auto found = open().standings();
    ASSERT_TRUE(found);
    ASSERT_THAT(*found, SizeIs(1));
    const Standing& one = found->front();
    EXPECT_EQ(one.id, "w1");
    EXPECT_EQ(one.place, (Place{11, 22, kNow}));
    EXPECT_EQ(one.state, Schedule::State::paused);
    EXPECT_EQ(one.failing_since, kNow - 1h);
    EXPECT_EQ(one.last_error, "the receiver answered 500");
    EXPECT_EQ(one.shape, "shape");
    ASSERT_TRUE(one.made);
    EXPECT_TRUE(one.made->same(*standing().made));
}

TEST_F(WebhookFileTest, KeepsWhatWaitsUntilItIsOver) {
    std::int64_t first = 0, second = 0;
    {
        WebhookFile file = open();
        first = file.next_delivery();
        second = file.next_delivery();
        Changes changes;
        changes.added.push_back({{first, "w1", 0xFFFF'FFFF'FFFF'FFFFU, 0, kNow}, message("1")});
        changes.added.push_back({{second, "w2", 2, 0, kNow}, message("2")});
        ASSERT_TRUE(file.write(changes));
        Changes later;
        later.retried.push_back({first, 4, kNow + 1h});
        ASSERT_TRUE(file.write(later));
    }
    WebhookFile file = open();
    const auto waiting = file.waiting();
    ASSERT_TRUE(waiting);
    ASSERT_THAT(*waiting, SizeIs(2));
    EXPECT_EQ((*waiting)[0].id, first);
    EXPECT_EQ((*waiting)[0].webhook, "w1");
    EXPECT_EQ((*waiting)[0].subject, 0xFFFF'FFFF'FFFF'FFFFU);
    EXPECT_EQ((*waiting)[0].attempts, 4U);
    EXPECT_EQ((*waiting)[0].due, kNow + 1h);
    EXPECT_EQ(*file.message(first), message("1"));
    Changes over;
    over.over = {first};
    over.cleared = {"w2"};
    ASSERT_TRUE(file.write(over));
    EXPECT_THAT(*file.waiting(), IsEmpty());
    EXPECT_EQ(file.message(first).error().kind, Error::Kind::missing);
}

TEST_F(WebhookFileTest, GivesNoNumberTwice) {
    std::int64_t delivery = 0, entry = 0;
    std::string id;
    {
        WebhookFile file = open();
        delivery = file.next_delivery();
        entry = file.next_attempt();
        id = file.id_of(delivery);
        Changes changes;
        changes.over = {delivery};
        ASSERT_TRUE(file.write(changes));
    }
    WebhookFile file = open();
    EXPECT_GT(file.next_delivery(), delivery);
    EXPECT_GT(file.next_attempt(), entry);
    EXPECT_EQ(file.id_of(delivery), id);
    path_ = directory_.path() / "another.db";
    EXPECT_NE(open().id_of(delivery), id);
}

TEST_F(WebhookFileTest, KeepsTheLogByPages) {
    WebhookFile file = open();
    Changes changes;
    for (int i = 0; i < 5; ++i) changes.attempts.push_back(attempt(file, i == 2 ? "w2" : "w1"));
    ASSERT_TRUE(file.write(changes));
    const auto page = file.attempts("w1", 0, 2);
    ASSERT_TRUE(page);
    ASSERT_THAT(*page, SizeIs(2));
    EXPECT_GT((*page)[0].id, (*page)[1].id);
    const auto rest = file.attempts("w1", (*page)[1].id, 10);
    ASSERT_THAT(*rest, SizeIs(2));
    EXPECT_LT((*rest)[0].id, (*page)[1].id);
    const auto one = file.attempt("w1", (*page)[0].id);
    ASSERT_TRUE(one);
    EXPECT_EQ(one->request, "POST https://crm.example/?key=hidden");
    EXPECT_EQ(one->answer, "oops");
    EXPECT_EQ(one->error, "the receiver answered 500");
    EXPECT_EQ(one->status, 500);
    EXPECT_EQ(one->number, 3U);
    EXPECT_EQ(one->took, 12ms);
    EXPECT_EQ(one->at, kNow);
    EXPECT_EQ(one->result, Schedule::Verdict::retrying);
    EXPECT_EQ(one->message, message("call-5"));
    EXPECT_EQ(one->callboard_id, file.id_of(5));
    EXPECT_EQ(file.attempt("w2", one->id).error().kind, Error::Kind::missing) << "of another webhook";
}

TEST_F(WebhookFileTest, BoundsTheLogInNumberAndAge) {
    WebhookFile file = open();
    for (std::size_t written = 0; written < WebhookFile::kMostAttempts + 500; written += 500) {
        Changes changes;
        for (int i = 0; i < 500; ++i) changes.attempts.push_back(attempt(file));
        ASSERT_TRUE(file.write(changes));
    }
    EXPECT_LE(file.attempts("w1", 0, 100'000)->size(), WebhookFile::kMostAttempts);
    EXPECT_GT(file.attempts("w1", 0, 100'000)->size(), WebhookFile::kMostAttempts / 2);
    EXPECT_TRUE(*file.retire(kNow)) << "not older";
    while (true) {
        const auto more = file.retire(kNow + 1ns);
        ASSERT_TRUE(more);
        if (!*more) break;
    }
    EXPECT_THAT(*file.attempts("w1", 0, 10), IsEmpty());
}

TEST_F(WebhookFileTest, ForgetsARemovedWebhookWhole) {
    WebhookFile file = open();
    Changes changes;
    changes.standings["w1"] = standing();
    changes.added.push_back({{file.next_delivery(), "w1", 1, 0, kNow}, message("1")});
    changes.attempts.push_back(attempt(file));
    ASSERT_TRUE(file.write(changes));
    Changes removal;
    removal.removed = {"w1"};
    ASSERT_TRUE(file.write(removal));
    EXPECT_THAT(*file.standings(), IsEmpty());
    EXPECT_THAT(*file.waiting(), IsEmpty());
    EXPECT_THAT(*file.attempts("w1", 0, 10), IsEmpty());
}

TEST_F(WebhookFileTest, HidesSecretsAndCallers) {
    {
        WebhookFile file = open();
        Changes changes;
        changes.standings["w1"] = standing();
        changes.added.push_back({{file.next_delivery(), "w1", 1, 0, kNow}, message("1")});
        changes.attempts.push_back(attempt(file));
        ASSERT_TRUE(file.write(changes));
    }
    std::ifstream in(path_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    ASSERT_GT(bytes.size(), 4'096U);
    for (const char* hidden : {"top-secret", "hidden", "before", "0033612345678"})
        EXPECT_THAT(bytes, Not(HasSubstr(hidden)));
    EXPECT_EQ(std::filesystem::status(path_).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(WebhookFileTest, AnotherKeyBeginsAnew) {
    {
        WebhookFile file = open();
        Changes changes;
        changes.standings["w1"] = standing();
        ASSERT_TRUE(file.write(changes));
    }
    EXPECT_THAT(*open(Secret(std::string(32, 'x'))).standings(), IsEmpty());
    EXPECT_TRUE(std::filesystem::exists(path_.string() + WebhookFile::kSetAside));
}

TEST_F(WebhookFileTest, AFileThatIsNoneIsSetAside) {
    std::ofstream(path_) << std::string(8'192, 'x');
    EXPECT_THAT(*open().standings(), IsEmpty());
    EXPECT_TRUE(std::filesystem::exists(path_.string() + WebhookFile::kSetAside));
}

TEST_F(WebhookFileTest, TellsOneShapeFromAnother) {
    WebhookFile file = open();
    Webhook one = *standing().made;
    const std::string shape = file.shape(one);
    EXPECT_EQ(file.shape(one), shape);
    one.secret = Secret("changed");
    EXPECT_NE(file.shape(one), shape);
}

}  // namespace
}  // namespace callboard::webhook
