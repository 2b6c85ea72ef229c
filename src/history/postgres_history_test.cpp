#include "history/postgres_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "history/store_contract_for_test.hpp"
#include "tests/support/postgres_server.hpp"

namespace callboard {
namespace {

using test::must;
using testing::HasSubstr;
using testing::Not;

/// A database of its own on a server that comes up with the first test of this process.
struct PostgresPlace {
    test::PostgresServer server;
    std::unique_ptr<HistoryStore> open() { return std::make_unique<PostgresHistory>(Secret(server.url())); }
};

class PostgresDatabase : public testing::Test {
  protected:
    Result<postgres::Rows> run(const char* sql) {
        return postgres::Connection(Secret(server_.url()), std::chrono::seconds(10), {}).run(sql);
    }
    test::PostgresServer server_;
    PostgresHistory store_{Secret(server_.url())};
};

TEST_F(PostgresDatabase, MayBeAwayForAWhile) {
    auto writer = must(store_.writer());
    auto reader = must(store_.reader());
    ASSERT_TRUE(writer->write(std::vector{test::row(1)}, {1, 1}));
    ASSERT_TRUE(must(reader->find(test::at(1))));
    server_.stop();
    const auto refused = writer->write(std::vector{test::row(2)}, {1, 2});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Error::Kind::unavailable);
    ASSERT_FALSE(reader->find(test::at(1)));
    ASSERT_FALSE(reader->find(test::at(1))) << "however often";
    server_.start();
    const auto written = writer->write(std::vector{test::row(2)}, {1, 2});
    EXPECT_TRUE(written) << written.error().what;
    EXPECT_TRUE(must(reader->find(test::at(1))));
    EXPECT_EQ(must(writer->place()), (HistoryPlace{1, 2}));
}

TEST_F(PostgresDatabase, MayBeAwayAtFirst) {
    server_.stop();
    auto writer = must(store_.writer());
    ASSERT_FALSE(writer->place());
    server_.start();
    EXPECT_EQ(must(writer->place()), HistoryPlace{});
}

TEST_F(PostgresDatabase, HasOneWriterAtATime) {
    auto writer = must(store_.writer());
    ASSERT_TRUE(writer->place());
    auto other = must(store_.writer());
    const auto refused = other->place();
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, HasSubstr("another callboard"));
    writer.reset();
    // The server notices the end of a connection in its own time.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!other->place() && std::chrono::steady_clock::now() < deadline) continue;
    EXPECT_TRUE(other->place());
}

TEST_F(PostgresDatabase, AWaitCanBeInterrupted) {
    postgres::Connection connection(Secret(server_.url()), std::chrono::seconds(600), {});
    ASSERT_TRUE(connection.run("SELECT 1"));
    std::thread other([&] {
        // As soon as it waits.
        while (must(run("SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(500)'"))
                   .integer(0, 0) == 0)
            continue;
        connection.interrupt();
    });
    EXPECT_FALSE(connection.run("SELECT pg_sleep(500)"));
    other.join();
    EXPECT_TRUE(connection.run("SELECT 1")) << "and goes on with a new one";
}

TEST_F(PostgresDatabase, NewerFormatIsRefused) {
    ASSERT_TRUE(must(store_.writer())->place());
    ASSERT_TRUE(run("UPDATE callboard_place SET format = 2"));
    const auto refused = must(store_.reader())->find(test::at(1));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, HasSubstr("made by a newer callboard"));
}

TEST_F(PostgresDatabase, WhoMayOnlyReadCanRead) {
    ASSERT_TRUE(must(store_.writer())->write(std::vector{test::row(1)}, {1, 1}));
    ASSERT_TRUE(run("CREATE ROLE board LOGIN"));
    ASSERT_TRUE(run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO board"));
    std::string url = server_.url();
    url.replace(url.find("postgres@"), 9, "board@");
    const auto found = must(PostgresHistory(Secret(url)).reader())->find(test::at(1));
    ASSERT_TRUE(found) << found.error().what;
    EXPECT_TRUE(*found);
}

TEST_F(PostgresDatabase, KeepsTextsThatItHasNoWordFor) {
    HistoryRow odd = test::row(1, "0033972000001", "00336\"'\\,{}NULL");
    odd.name = std::string("a\0b", 3);
    odd.cause = "NULL";
    ASSERT_TRUE(must(store_.writer())->write(std::vector{odd}, {1, 1}));
    const auto found = must(must(store_.reader())->find(test::at(1)));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->calling, odd.calling);
    EXPECT_EQ(found->cause, "NULL");
    EXPECT_EQ(found->name,
              "a\xef\xbf\xbd"
              "b");
}

/// However many rows there are, a first page comes from an index.
TEST_F(PostgresDatabase, ReadsByIndex) {
    auto writer = must(store_.writer());
    std::vector<HistoryRow> rows;
    for (int i = 0; i < 5'000; ++i)
        rows.push_back(test::row(i, "line-" + std::to_string(i % 50), "caller-" + std::to_string(i % 500)));
    ASSERT_TRUE(writer->write(rows, {1, 1}));
    HistoryQuery query = test::of_office();
    auto reader = must(store_.reader());
    for (const std::size_t most : {10U, 300U, 4'999U, 5'001U}) {
        std::size_t found = 0;
        const auto next =
            must(reader->read(query, Time::max(), most, [&found](const HistoryRow&) { return ++found > 0; }));
        EXPECT_EQ(found, std::min<std::size_t>(most, 5'000));
        EXPECT_EQ(next.has_value(), most < 5'000);
    }
    query.numbers = {"caller-77"};
    std::size_t found = 0;
    must(reader->read(query, Time::max(), 100'000, [&found](const HistoryRow&) { return ++found > 0; }));
    EXPECT_EQ(found, 10U);
}

TEST(PostgresUrl, IsLookedAtBeforeItIsUsed) {
    using postgres::Connection;
    EXPECT_EQ(
        Connection::wrong_url("postgresql://callboard:secret@db.example:5433/calls?sslmode=verify-full"),
        std::nullopt);
    EXPECT_EQ(Connection::wrong_url("mysql://db"), "has to begin with postgresql://");
    const auto wrong = Connection::wrong_url("postgresql://me:secret@db/calls?what=ever");
    ASSERT_TRUE(wrong);
    EXPECT_THAT(*wrong, Not(HasSubstr("secret")));
}

TEST(PostgresConnection, SaysWhereTheDatabaseIsNotAndNoPassword) {
    postgres::Connection connection(Secret("postgresql://me:secret@127.0.0.1:1/calls"),
                                    std::chrono::seconds(4), {});
    const auto refused = connection.run("SELECT 1");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, HasSubstr("127.0.0.1"));
    EXPECT_THAT(refused.error().what, Not(HasSubstr("secret")));
}

TEST(PostgresArray, IsReadBackAsItWas) {
    EXPECT_EQ(postgres::array_of({}), "{}");
    EXPECT_EQ(postgres::array_of({"a", std::nullopt, "", "q\"\\"}), R"({"a",NULL,"","q\"\\"})");
}

}  // namespace

namespace test {
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, HistoryContract, PostgresPlace);
}  // namespace test
}  // namespace callboard
