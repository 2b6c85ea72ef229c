#include "api/token_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <set>
#include <thread>

#include "journal/sqlite.hpp"

namespace callboard {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;

class TokenStoreTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "callboard-tokens-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path file() const { return folder_ / "tokens.db"; }
    std::unique_ptr<TokenStore> open(const std::string& key = std::string(32, 'k')) {
        auto store = TokenStore::open(file(), Secret(key), clock_);
        EXPECT_TRUE(store) << store.error().what;
        return store ? std::move(*store) : nullptr;
    }
    std::string bytes() const {
        std::ifstream in(file(), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void change(const char* sql) {
        auto connection = sqlite::Connection::open(file().string(), false);
        ASSERT_TRUE(connection);
        const auto done = connection->run(sql);
        ASSERT_TRUE(done) << done.error().what;
    }
    /// Waits for what another store changed; true well before the deadline when all is right.
    static bool eventually(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!holds()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return true;
    }

    std::filesystem::path folder_;
    ManualClock clock_;
};

TEST_F(TokenStoreTest, MakesOneForEachServiceAtOnce) {
    const auto store = open();
    const auto first = store->create("ba-demo", "0033972000001", {});
    ASSERT_TRUE(first);
    const std::vector<TokenPlace> places = {{"ba-demo", "0033972000002"}, {"ba-demo", "0033972000001"}};
    const auto made = store->create_each(places, hours(1));
    ASSERT_TRUE(made);
    ASSERT_EQ(made->size(), 2U);
    for (std::size_t i = 0; i < places.size(); ++i) {
        EXPECT_EQ((*made)[i].place(), places[i]);
        const auto found = store->find((*made)[i].text, clock_.now());
        ASSERT_TRUE(found);
        EXPECT_EQ(found->service, places[i].service);
        EXPECT_EQ(found->expires, clock_.now() + hours(1));
    }
    EXPECT_NE((*made)[0].text, (*made)[1].text);
    EXPECT_FALSE(store->find(first->text, clock_.now()));  // its place has another now
    EXPECT_EQ(open()->list().size(), 2U);
}

TEST_F(TokenStoreTest, MakesNoneWhenOneIsWrong) {
    const auto store = open();
    const std::vector<TokenPlace> places = {{"ba-demo", "0033972000002"}, {"ba-demo", std::string(201, '1')}};
    const auto made = store->create_each(places, {});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, Error::Kind::invalid);
    EXPECT_THAT(store->list(), testing::IsEmpty());
    const auto nobody = store->create_each({}, {});
    ASSERT_TRUE(nobody);
    EXPECT_TRUE(nobody->empty());
}

TEST_F(TokenStoreTest, MakesAndFindsTokens) {
    const auto store = open();
    const auto account = store->create("ba-demo", "", {});
    const auto service = store->create("ba-demo", "0033972000001", hours(1));
    ASSERT_TRUE(account && service);
    EXPECT_EQ(account->created, clock_.now());

    const auto all = store->find(account->text, clock_.now());
    ASSERT_TRUE(all);
    EXPECT_EQ(all->account, "ba-demo");
    EXPECT_EQ(all->service, "");
    EXPECT_FALSE(all->expires);
    const auto one = store->find(service->text, clock_.now());
    ASSERT_TRUE(one);
    EXPECT_EQ(one->service, "0033972000001");
    EXPECT_EQ(one->expires, clock_.now() + hours(1));
    EXPECT_FALSE(store->find("", clock_.now()));
    EXPECT_FALSE(store->find("ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB", clock_.now()));
    EXPECT_FALSE(store->find(account->text.substr(1), clock_.now()));
}

TEST_F(TokenStoreTest, TokensAreRandomUuidsInUpperCase) {
    const auto store = open();
    const std::regex form("[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}");
    std::set<std::string> seen;
    for (int i = 0; i < 20; ++i) {
        const auto token = store->create("ba", std::to_string(i), {});
        ASSERT_TRUE(token);
        EXPECT_TRUE(std::regex_match(token->text, form)) << token->text;
        seen.insert(token->text);
    }
    EXPECT_EQ(seen.size(), 20U);
}

TEST_F(TokenStoreTest, SurvivesARestart) {
    std::string text;
    {
        const auto store = open();
        const auto token = store->create("ba-demo", "0033972000001", hours(2));
        ASSERT_TRUE(token);
        text = token->text;
    }
    const auto store = open();
    ASSERT_TRUE(store->find(text, clock_.now()));
    const auto listed = store->list();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].text, text);
    EXPECT_EQ(listed[0].created, clock_.now());
    EXPECT_EQ(listed[0].grant.expires, clock_.now() + hours(2));
}

TEST_F(TokenStoreTest, OneTokenAPlace) {
    const auto store = open();
    const auto first = store->create("ba", "0033", {});
    const auto elsewhere = store->create("ba", "", {});
    ASSERT_TRUE(first && elsewhere);
    EXPECT_EQ(store->of_place("ba", "0033")->text, first->text);
    const auto second = store->create("ba", "0033", {});
    ASSERT_TRUE(second);
    EXPECT_NE(second->text, first->text);
    EXPECT_FALSE(store->find(first->text, clock_.now()));
    EXPECT_TRUE(store->find(second->text, clock_.now()));
    EXPECT_TRUE(store->find(elsewhere->text, clock_.now()));
    EXPECT_EQ(store->of_place("ba", "0033")->text, second->text);
    EXPECT_EQ(store->of_place("ba", "")->text, elsewhere->text);
    EXPECT_FALSE(store->of_place("other", ""));
}

TEST_F(TokenStoreTest, TheHuntingsOfAQueueArePlacesOfTheirOwn) {
    const TokenPlace places[] = {{"ba", "0033"},
                                 {"ba", "0033", "easyHunting"},
                                 {"ba", "0033", "ovhPabx"},
                                 {"ba", "0033", "easyHunting", "4242"},
                                 {"ba", "0033", "easyHunting", "4243"},
                                 {"ba", "0033", "ovhPabx", "4242"}};
    std::vector<std::string> texts;
    {
        const auto store = open();
        for (const auto& place : places) {
            const auto token = store->create(place, {});
            ASSERT_TRUE(token) << token.error().what;
            EXPECT_EQ(token->place(), place);
            texts.push_back(token->text);
        }
    }
    const auto store = open();
    EXPECT_EQ(store->list().size(), std::size(places));
    for (std::size_t i = 0; i < std::size(places); ++i) {
        ASSERT_TRUE(store->of_place(places[i])) << i;
        EXPECT_EQ(store->of_place(places[i])->text, texts[i]) << i;
        const auto grant = store->find(texts[i], clock_.now());
        ASSERT_TRUE(grant) << i;
        EXPECT_EQ(grant->service, "0033");
        EXPECT_EQ(grant->agent, places[i].agent);
    }
    ASSERT_TRUE(store->create(places[3], {}));
    EXPECT_FALSE(store->find(texts[3], clock_.now()));
    EXPECT_TRUE(store->find(texts[4], clock_.now()));
    EXPECT_TRUE(store->find(texts[5], clock_.now()));
    ASSERT_TRUE(store->revoke(texts[1]));
    EXPECT_FALSE(store->of_place(places[1]));
    EXPECT_EQ(store->of_place("ba", "0033")->text, texts[0]);
}

TEST_F(TokenStoreTest, AFileOfFormat1KeepsItsTokens) {
    std::vector<std::string> texts;
    {
        const auto store = open();
        texts.push_back(store->create("ba", "", {})->text);
        texts.push_back(store->create("ba", "0033", hours(2))->text);
    }
    // As version 1 of the file was.
    change(R"(
        CREATE TABLE old(fingerprint BLOB PRIMARY KEY, account BLOB NOT NULL, service BLOB NOT NULL,
          sealed BLOB NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,
          UNIQUE(account, service)) WITHOUT ROWID;
        INSERT INTO old SELECT fingerprint, account, service, sealed, created, expires FROM token;
        DROP TABLE token;
        ALTER TABLE old RENAME TO token;
        PRAGMA user_version = 1;)");
    for (int i = 0; i < 2; ++i) {  // moved once, then found moved
        const auto store = open();
        ASSERT_TRUE(store);
        for (const auto& text : texts) EXPECT_TRUE(store->find(text, clock_.now()));
        EXPECT_EQ(store->of_place("ba", "0033")->grant.expires, clock_.now() + hours(2));
    }
    const auto store = open();
    ASSERT_TRUE(store->create({"ba", "0033", "ovhPabx"}, {}));
    EXPECT_EQ(store->list().size(), 3U);
}

TEST_F(TokenStoreTest, AFileOfFormat2KeepsItsTokens) {
    std::vector<std::string> texts;
    {
        const auto store = open();
        texts.push_back(store->create("ba", "0033", hours(2))->text);
        texts.push_back(store->create({"ba", "0033", "ovhPabx", "4242"}, {})->text);
    }
    // As version 2 of the file was.
    change(R"(
        CREATE TABLE old(fingerprint BLOB PRIMARY KEY, account BLOB NOT NULL, service BLOB NOT NULL,
          hunting BLOB NOT NULL, agent BLOB NOT NULL, sealed BLOB NOT NULL, created INTEGER NOT NULL,
          expires INTEGER NOT NULL, UNIQUE(account, service, hunting, agent)) WITHOUT ROWID;
        INSERT INTO old
          SELECT fingerprint, account, service, hunting, agent, sealed, created, expires FROM token;
        DROP TABLE token;
        ALTER TABLE old RENAME TO token;
        PRAGMA user_version = 2;)");
    for (int i = 0; i < 2; ++i) {  // moved once, then found moved
        const auto store = open();
        ASSERT_TRUE(store);
        for (const auto& text : texts) {
            const auto grant = store->find(text, clock_.now());
            ASSERT_TRUE(grant);
            EXPECT_FALSE(grant->masked);
        }
        EXPECT_EQ(store->of_place({"ba", "0033", "ovhPabx", "4242"})->text, texts[1]);
    }
}

TEST_F(TokenStoreTest, AMaskedTokenIsBesideTheOtherOfItsPlace) {
    const TokenPlace masked{"ba", "0033", {}, {}, true};
    const auto store = open();
    const std::string plain = store->create("ba", "0033", {})->text;
    const std::string first = store->create(masked, {})->text;
    const std::string second = store->create(masked, {})->text;
    EXPECT_FALSE(store->find(plain, clock_.now())->masked);
    EXPECT_TRUE(store->find(second, clock_.now())->masked);
    EXPECT_FALSE(store->find(first, clock_.now())) << "another masked one ends it";
    EXPECT_EQ(store->of_place("ba", "0033")->text, plain);
    EXPECT_EQ(store->of_place(masked)->text, second);
    EXPECT_EQ(store->list().size(), 2U);
    EXPECT_TRUE(open()->find(second, clock_.now())->masked) << "as the file has it";
}

/// What a token may read is sealed with it.
TEST_F(TokenStoreTest, ARowChangedByHandUnmasksNothing) {
    std::string text;
    {
        const auto store = open();
        text = store->create({"ba", "", {}, {}, true}, {})->text;
    }
    change("UPDATE token SET masked = 0");
    EXPECT_FALSE(open()->find(text, clock_.now()));
}

TEST_F(TokenStoreTest, ListsByAccountThenService) {
    const auto store = open();
    for (const auto& [account, service] :
         std::vector<std::pair<const char*, const char*>>{{"b", "2"}, {"a", "9"}, {"b", ""}, {"a", "10"}})
        ASSERT_TRUE(store->create(account, service, {}));
    std::vector<std::string> places;
    for (const Token& token : store->list()) places.push_back(token.grant.account + token.grant.service);
    EXPECT_THAT(places, ElementsAre("a10", "a9", "b", "b2"));
}

TEST_F(TokenStoreTest, RevokedTokensStop) {
    const auto store = open();
    const auto token = store->create("ba", "", {});
    ASSERT_TRUE(token);
    const auto before = store->generation();
    const auto revoked = store->revoke(token->text);
    ASSERT_TRUE(revoked);
    EXPECT_TRUE(*revoked);
    EXPECT_NE(store->generation(), before);
    EXPECT_FALSE(store->find(token->text, clock_.now()));
    EXPECT_TRUE(store->list().empty());

    const auto again = store->revoke(token->text);
    ASSERT_TRUE(again);
    EXPECT_FALSE(*again);
    const auto unknown = store->revoke("no such token");
    ASSERT_TRUE(unknown);
    EXPECT_FALSE(*unknown);
}

TEST_F(TokenStoreTest, ExpiresToTheNanosecond) {
    const auto store = open();
    const auto shorter = store->create("ba", "1", hours(1));
    const auto longer = store->create("ba", "2", hours(2));
    ASSERT_TRUE(shorter && longer);
    clock_.advance(hours(1) - Duration(1));
    const auto before = store->generation();
    EXPECT_TRUE(store->find(shorter->text, clock_.now()));
    clock_.advance(Duration(1));
    EXPECT_FALSE(store->find(shorter->text, clock_.now()));
    EXPECT_TRUE(store->find(longer->text, clock_.now()));
    const auto after = store->generation();
    EXPECT_NE(after, before);
    EXPECT_EQ(store->generation(), after) << "told once";
    EXPECT_EQ(store->list().size(), 1U);
    EXPECT_FALSE(store->of_place("ba", "1"));
    clock_.advance(hours(1));
    EXPECT_NE(store->generation(), after);
    EXPECT_TRUE(store->list().empty());
}

TEST_F(TokenStoreTest, ExpiredTokensLeaveTheFile) {
    const auto store = open();
    ASSERT_TRUE(store->create("ba", "1", hours(1)));
    clock_.advance(hours(1));
    ASSERT_TRUE(store->create("ba", "2", {}));
    auto connection = sqlite::Connection::open(file().string(), true);
    ASSERT_TRUE(connection);
    const auto rows = connection->integer("SELECT count(*) FROM token");
    ASSERT_TRUE(rows);
    EXPECT_EQ(*rows, 1);
}

TEST_F(TokenStoreTest, WhatAnotherProcessChangesIsInForceHere) {
    const auto server = open();
    const auto command = open();
    const auto before = server->generation();
    const auto token = command->create("ba", "", {});
    ASSERT_TRUE(token);
    EXPECT_TRUE(eventually([&] { return server->find(token->text, clock_.now()).has_value(); }));
    EXPECT_NE(server->generation(), before);

    ASSERT_TRUE(command->revoke(token->text));
    EXPECT_TRUE(eventually([&] { return !server->find(token->text, clock_.now()); }));

    const auto back = server->create("ba", "", {});  // and the other way
    ASSERT_TRUE(back);
    EXPECT_TRUE(eventually([&] { return command->find(back->text, clock_.now()).has_value(); }));
}

TEST_F(TokenStoreTest, ManyThreadsAndStoresWorkOnOneFile) {
    const auto first = open();
    const auto second = open();
    const auto work = [this](TokenStore& store, const std::string& name) {
        for (int i = 0; i < 20; ++i) {
            const auto token = store.create("ba", name + std::to_string(i), {});
            ASSERT_TRUE(token) << token.error().what;
            ASSERT_TRUE(store.find(token->text, clock_.now()));
        }
    };
    std::thread a([&] { work(*first, "a"); });
    std::thread b([&] { work(*second, "b"); });
    std::thread c([&] { work(*first, "c"); });
    a.join();
    b.join();
    c.join();
    EXPECT_TRUE(eventually([&] { return first->list().size() == 60 && second->list().size() == 60; }));
}

TEST_F(TokenStoreTest, AStolenFileShowsNoToken) {
    const auto store = open();
    const auto token = store->create("ba", "0033972000001", {});
    ASSERT_TRUE(token);
    const std::string stolen = bytes();
    EXPECT_THAT(stolen, HasSubstr("0033972000001")) << "else this test looks at nothing";
    EXPECT_EQ(stolen.find(token->text), std::string::npos);
    EXPECT_EQ(stolen.find(token->text.substr(24)), std::string::npos);
    struct stat status {};
    ASSERT_EQ(::stat(file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(TokenStoreTest, AFileOpenToOthersIsMadePrivate) {
    open();
    std::filesystem::permissions(file(), std::filesystem::perms(0644));
    open();
    EXPECT_EQ(std::filesystem::status(file()).permissions(), std::filesystem::perms(0600));
}

TEST_F(TokenStoreTest, AnotherKeyIsRefused) {
    ASSERT_TRUE(open()->create("ba", "", {}));
    const auto other = TokenStore::open(file(), Secret(std::string(32, 'x')), clock_);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, Error::Kind::denied);
    EXPECT_THAT(other.error().what, HasSubstr("another key"));
    EXPECT_THAT(other.error().what, HasSubstr("tokens.db"));
    EXPECT_EQ(open()->list().size(), 1U) << "nothing was changed";
}

TEST_F(TokenStoreTest, ARowChangedByHandOpensNothing) {
    std::string token;
    {
        const auto store = open();
        const auto narrow = store->create("ba", "0033", {});
        ASSERT_TRUE(narrow && store->create("other", "", {}));
        token = narrow->text;
    }
    const char* changes[] = {"UPDATE token SET service = x'' WHERE account = x'6261'",
                             "UPDATE token SET account = x'6f74686572' WHERE account = x'6261'",
                             "UPDATE token SET agent = x'31' WHERE account = x'6261'",
                             "UPDATE token SET expires = 2000000000000000000 WHERE account = x'6261'"};
    const std::string sound = bytes();
    for (const char* sql : changes) {
        SCOPED_TRACE(sql);
        change(sql);
        {
            const auto store = open();
            EXPECT_FALSE(store->find(token, clock_.now()));
            EXPECT_EQ(store->list().size(), 1U) << "the sound one stays";
        }
        std::ofstream(file(), std::ios::binary) << sound;
    }
    EXPECT_TRUE(open()->find(token, clock_.now()));
}

TEST_F(TokenStoreTest, AFileOfAnotherKindIsLeftAlone) {
    std::ofstream(file()) << std::string(8'192, 'x');
    const auto garbage = TokenStore::open(file(), Secret("k"), clock_);
    ASSERT_FALSE(garbage);
    EXPECT_EQ(garbage.error().kind, Error::Kind::corrupt);
    EXPECT_EQ(bytes(), std::string(8'192, 'x'));

    std::filesystem::remove(file());
    change("CREATE TABLE cooking(recipe TEXT)");
    const auto foreign = TokenStore::open(file(), Secret("k"), clock_);
    ASSERT_FALSE(foreign);
    EXPECT_THAT(foreign.error().what, HasSubstr("no file of tokens"));
}

TEST_F(TokenStoreTest, ADamagedFileIsAnErrorNotACrash) {
    {
        const auto store = open();
        for (int i = 0; i < 200; ++i) ASSERT_TRUE(store->create("ba", std::to_string(i), {}));
    }
    std::string damaged = bytes();
    ASSERT_GT(damaged.size(), 16'384U);
    for (std::size_t at = 4'096; at < damaged.size(); at += 7) damaged[at] = static_cast<char>(at);
    std::ofstream(file(), std::ios::binary) << damaged;
    const auto store = TokenStore::open(file(), Secret(std::string(32, 'k')), clock_);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, Error::Kind::corrupt);
}

TEST_F(TokenStoreTest, ANewerFormatIsRefused) {
    open();
    change("PRAGMA user_version = 4");
    const auto store = TokenStore::open(file(), Secret(std::string(32, 'k')), clock_);
    ASSERT_FALSE(store);
    EXPECT_THAT(store.error().what, HasSubstr("newer callboard"));
}

TEST_F(TokenStoreTest, AFolderThatIsNotThereIsAnError) {
    const auto store = TokenStore::open(folder_ / "nowhere" / "tokens.db", Secret("k"), clock_);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(store.error().what, HasSubstr("nowhere/tokens.db"));
    EXPECT_THAT(store.error().what, HasSubstr("data_dir"));
}

TEST_F(TokenStoreTest, WhileNothingCanBeWrittenTokensStillWork) {
    const auto store = open();
    const auto token = store->create("ba", "", {});
    ASSERT_TRUE(token);
    // SQLite writes a journal of this name before it changes the file: also root cannot, where it leads
    // nowhere.
    std::filesystem::create_symlink(folder_ / "nowhere" / "journal", folder_ / "tokens.db-journal");
    const auto another = store->create("ba", "", {});
    ASSERT_FALSE(another);
    EXPECT_EQ(another.error().kind, Error::Kind::unavailable) << another.error().what;
    EXPECT_FALSE(store->revoke(token->text));
    EXPECT_TRUE(store->find(token->text, clock_.now()));

    std::filesystem::remove(folder_ / "tokens.db-journal");
    EXPECT_TRUE(store->create("ba", "", {})) << "and it heals";
}

TEST_F(TokenStoreTest, RefusesPlacesAndLifetimesThatAreNone) {
    const auto store = open();
    EXPECT_FALSE(store->create("", "", {}));
    EXPECT_FALSE(store->create(std::string(201, 'a'), "", {}));
    EXPECT_FALSE(store->create("ba", std::string(201, '1'), {}));
    EXPECT_FALSE(store->create("ba", "", Duration::zero()));
    EXPECT_FALSE(store->create({"ba", "", "ovhPabx"}, {}));
    EXPECT_FALSE(store->create({"ba", "0033", "", "4242"}, {}));
    EXPECT_FALSE(store->create({"ba", "0033", "ovhPabx", std::string(201, '4')}, {}));
    EXPECT_TRUE(store->list().empty());
}

struct LifetimeCase {
    const char* text;
    std::optional<Duration> lifetime;
};

TEST(Lifetime, ReadsNumbersWithUnits) {
    const LifetimeCase cases[] = {
        {"unlimited", {}},
        {"5 minutes", std::chrono::minutes(5)},
        {"10 minutes", std::chrono::minutes(10)},
        {"1 hour", hours(1)},
        {"1 day", hours(24)},
        {"30 days", hours(720)},
        {"12 hours", hours(12)},
        {"45 s", std::chrono::seconds(45)},
        {"45s", std::chrono::seconds(45)},
        {"90d", hours(24 * 90)},
        {"2 weeks", hours(24 * 14)},
        {"3650 days", hours(24 * 3650)},
        {"315360000 seconds", hours(24 * 3650)},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        const auto lifetime = parse_lifetime(c.text);
        ASSERT_TRUE(lifetime) << lifetime.error().what;
        EXPECT_EQ(*lifetime, c.lifetime);
    }
}

TEST(Lifetime, RefusesTheRest) {
    for (const char* text : {"",
                             " ",
                             "1",
                             "day",
                             "0 days",
                             "-1 day",
                             "1.5 days",
                             "1  day",
                             " 1 day",
                             "1 day ",
                             "1 Day",
                             "3651 days",
                             "315360001 s",
                             "9223372036854775807 weeks",
                             "99999999999999999999 s",
                             "1 fortnight",
                             "Unlimited",
                             "unlimited ",
                             "+1 day",
                             "0x1 day"}) {
        SCOPED_TRACE(text);
        const auto lifetime = parse_lifetime(text);
        ASSERT_FALSE(lifetime);
        EXPECT_THAT(lifetime.error().what, HasSubstr("lifetime"));
    }
}

}  // namespace
}  // namespace callboard
