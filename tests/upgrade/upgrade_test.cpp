// What every release has left behind opens in this one: tests/fixtures has a data_dir of each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>

#include "api/token_store.hpp"
#include "base/metrics.hpp"
#include "delivery/cursor.hpp"
#include "delivery/key_file.hpp"
#include "delivery/session/session_file.hpp"
#include "journal/sqlite_journal.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> releases() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(fs::path(CALLBOARD_SOURCE_DIR) / "tests/fixtures"))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

/// A copy of a release's data_dir, with what holds.json says of it.
class Upgrade : public testing::TestWithParam<std::string> {
  protected:
    Upgrade() {
        const auto kept = fs::path(CALLBOARD_SOURCE_DIR) / "tests/fixtures" / GetParam();
        fs::copy(kept, data(), fs::copy_options::recursive);
        holds_ = parser_.load((kept / "holds.json").string());
        key_ = *load_or_create_key(data() / "key");
    }
    fs::path data() const { return dir_.path() / "data"; }
    std::string text(std::string_view member) const {
        return std::string(holds_[member].get_string().value());
    }
    std::string token(std::string_view name) const {
        return std::string(holds_["tokens"][name].get_string().value());
    }
    std::unique_ptr<SqliteJournal> journal() {
        auto opened = SqliteJournal::open({.file = data() / "journal.db"}, clock_, metrics_);
        EXPECT_TRUE(opened) << opened.error().what;
        return *std::move(opened);
    }

    test::TemporaryDirectory dir_;
    ManualClock clock_;
    Metrics metrics_;
    simdjson::dom::parser parser_;
    simdjson::dom::element holds_;
    Secret key_;
};
INSTANTIATE_TEST_SUITE_P(Release, Upgrade, testing::ValuesIn(releases()), [](const auto& release) {
    std::string name = release.param;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
    return name;
});

TEST_P(Upgrade, EveryEventIsThere) {
    const auto opened = journal();
    const auto last = holds_["last"].get_uint64().value();
    EXPECT_EQ(opened->last(), last);
    std::vector<Record> all;
    ASSERT_TRUE(opened->read(0, 10'000, [&all](const Record& record) {
        all.push_back(record);
        return true;
    }));
    ASSERT_EQ(all.size(), last);
    EXPECT_EQ(metrics_.counter("callboard_journal_damaged_batches_total", "").value(), 0U);
    // Those that version 1 tells, in order; the queue's came last.
    std::size_t at = 0;
    const simdjson::dom::array told_events = holds_["told"];
    for (const auto told : told_events) {
        while (at < all.size() && all[at].native) ++at;
        ASSERT_LT(at, all.size());
        EXPECT_EQ(all[at].name, told["event"].get_string().value());
        EXPECT_EQ(all[at].ressource, told["ressource"].get_string().value());
        EXPECT_EQ(all[at].account, "office");
        simdjson::dom::parser parser;
        const simdjson::dom::element data = parser.parse(all[at].data);
        EXPECT_EQ(data["CallId"].get_string().value(), told["data"]["CallId"].get_string().value());
        ++at;
    }
    EXPECT_EQ(all.back().name, "member-queue-start");
    EXPECT_EQ(all.back().protocol, Protocol::queues);
    EXPECT_THAT(all.back().data, testing::HasSubstr("é\\n\\\"<&"));
}

TEST_P(Upgrade, CursorsThatClientsCarryStandWhereTheyStood) {
    const auto opened = journal();
    const CursorSeal seal(key_);
    const auto begin = seal.open(text("begin"));
    const auto middle = seal.open(text("middle"));
    ASSERT_TRUE(begin && middle);
    EXPECT_EQ(begin->epoch, opened->epoch());
    EXPECT_EQ(middle->epoch, opened->epoch());
    EXPECT_EQ(begin->sequence, 0U);
    EXPECT_EQ(middle->sequence, opened->last() - 1);
}

TEST_P(Upgrade, TokensAreInForce) {
    const auto tokens = TokenStore::open(data() / "tokens.db", key_, clock_);
    ASSERT_TRUE(tokens) << tokens.error().what;
    EXPECT_EQ((*tokens)->list().size(), 3U);
    const auto account = (*tokens)->find(token("account"), clock_.now());
    const auto line = (*tokens)->find(token("line"), clock_.now());
    const auto agent = (*tokens)->find(token("agent"), clock_.now());
    ASSERT_TRUE(account && line && agent);
    EXPECT_EQ(account->account, "office");
    EXPECT_EQ(account->service, "");
    EXPECT_EQ(line->service, "0033123456102");
    EXPECT_EQ(agent->account, "hall");
    EXPECT_EQ(agent->agent, "42");
}

TEST_P(Upgrade, SessionsAreKnown) {
    const auto opened = journal();
    auto file = SessionFile::open(data() / "sessions.db", key_);
    ASSERT_TRUE(file) << file.error().what;
    const auto sessions = file->load();
    ASSERT_TRUE(sessions) << sessions.error().what;
    ASSERT_EQ(sessions->size(), 1U);
    const SessionRecord& session = sessions->front();
    EXPECT_EQ(session.id, text("session"));
    EXPECT_EQ(session.epoch, opened->epoch());
    ASSERT_EQ(session.subscriptions->size(), 2U);
    EXPECT_EQ((*session.subscriptions)[0].token, token("account"));
    EXPECT_EQ((*session.subscriptions)[1].token, token("line"));
    EXPECT_FALSE(fs::exists((data() / "sessions.db").string() + SessionFile::kSetAside))
        << "nothing was set aside";
}

}  // namespace
}  // namespace callboard
