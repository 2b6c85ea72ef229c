#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "history/store.hpp"

// What every store of the history promises.

namespace callboard::test {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

inline Time at(std::int64_t seconds) { return Time(std::chrono::seconds(1'780'000'000 + seconds)); }

inline HistoryRow row(std::int64_t seconds, std::string line = "0033972000001",
                      std::string calling = "0033612345678", CallOutcome outcome = CallOutcome::answered) {
    HistoryRow made;
    made.started = at(seconds);
    made.account = "office";
    made.call_id = "call-" + std::to_string(seconds);
    made.line = made.called = made.dialed = std::move(line);
    made.calling = std::move(calling);
    made.outcome = outcome;
    made.stage = HistoryRow::Stage::closed;
    return made;
}

inline HistoryQuery of_office() {
    HistoryQuery query;
    query.account = "office";
    return query;
}

template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().what);
    return *std::move(result);
}

/// `Place` opens the same store whenever its open() is called.
template <typename Place>
class HistoryContract : public testing::Test {
  protected:
    void open() {
        store_ = place_.open();
        writer_ = must(store_->writer());
        reader_ = must(store_->reader());
    }
    void write(std::vector<HistoryRow> rows, HistoryPlace place = {1, 1}) {
        const auto written = writer_->write(rows, place);
        ASSERT_TRUE(written) << written.error().what;
    }
    /// Seconds of the rows, in the order in which they come; pages of `page` rows.
    std::vector<std::int64_t> found(const HistoryQuery& query, std::size_t page = 1'000) {
        std::vector<std::int64_t> all;
        std::optional<Time> before = Time::max();
        while (before) {
            std::size_t taken = 0;
            before = must(reader_->read(query, *before, 100'000, [&](const HistoryRow& one) {
                all.push_back((one.started - at(0)) / std::chrono::seconds(1));
                return ++taken < page;
            }));
        }
        return all;
    }

    Place place_;
    std::unique_ptr<HistoryStore> store_;
    std::unique_ptr<HistoryWriter> writer_;
    std::unique_ptr<HistoryReader> reader_;
};

TYPED_TEST_SUITE_P(HistoryContract);

TYPED_TEST_P(HistoryContract, GivesBackWhatWasWritten) {
    this->open();
    HistoryRow whole = row(1);
    whole.kind = HistoryRow::Kind::visit;
    whole.line.clear();
    whole.queue = "0033972000009";
    whole.agent = "agent_0033972000001_42";
    whole.name = "Zoë, \"the\" caller";
    whole.cause = "SUCCESS";
    whole.stage = HistoryRow::Stage::open;
    whole.rang = at(2);
    whole.answered = at(3);
    whole.ended = at(9);
    whole.waited = std::chrono::seconds(2);
    whole.talked = std::chrono::milliseconds(6'001);
    whole.parent = at(-5);
    whole.offers = {{"agent_0033972000002_43", at(1), at(2), false},
                    {whole.agent, at(2), std::nullopt, false}};
    this->write({whole, row(2)}, {0xfedcba9876543210, 77});
    EXPECT_EQ(must(this->reader_->find(at(1))), whole);
    EXPECT_EQ(must(this->reader_->find(at(3))), std::nullopt);
    EXPECT_THAT(must(this->writer_->unfinished()), ElementsAre(whole));
    EXPECT_EQ(must(this->writer_->place()), (HistoryPlace{0xfedcba9876543210, 77}));
}

TYPED_TEST_P(HistoryContract, ChangedRowStandsInPlaceOfTheOld) {
    this->open();
    HistoryRow one = row(1, "0033972000001", "0033612345678", CallOutcome::in_progress);
    this->write({one});
    one.outcome = CallOutcome::busy;
    one.calling = "0033687654321";
    this->write({one});
    HistoryQuery query = of_office();
    EXPECT_THAT(this->found(query), ElementsAre(1));
    query.numbers = {"0033612345678"};
    EXPECT_THAT(this->found(query), IsEmpty());
    query.numbers = {"0033687654321"};
    EXPECT_THAT(this->found(query), ElementsAre(1));
    query.outcomes = {CallOutcome::in_progress};
    EXPECT_THAT(this->found(query), IsEmpty());
}

/// Against the plain meaning: walks everything and asks matches().
TYPED_TEST_P(HistoryContract, FindsWhatTheQueryMeansNewestFirst) {
    this->open();
    EXPECT_TRUE(rc::check([this] {
        std::vector<HistoryRow> rows;
        const auto text = [](std::vector<std::string> of) { return *rc::gen::elementOf(of); };
        for (int i = 0, count = *rc::gen::inRange(0, 60); i < count; ++i) {
            HistoryRow one = row(i, text({"a", "b"}), text({"x", "y"}),
                                 static_cast<CallOutcome>(*rc::gen::inRange<std::size_t>(0, kCallOutcomes)));
            one.account = text({"office", "other"});
            one.incoming = *rc::gen::arbitrary<bool>();
            if (one.incoming && *rc::gen::arbitrary<bool>()) {
                one.kind = HistoryRow::Kind::visit;
                one.queue = std::exchange(one.line, "");
                one.agent = text({"", "agent_a_1"});
            }
            rows.push_back(one);
        }
        ASSERT_TRUE(this->writer_->retire(at(1'000)));
        this->write(rows);
        HistoryQuery query = of_office();
        query.numbers = *rc::gen::elementOf(
            std::vector<std::vector<std::string>>{{}, {"x"}, {"a"}, {"x", "a"}, {"none", "b", "y", "x"}});
        query.line = text({"", "", "a"});
        query.queue = text({"", "", "b"});
        query.agent = text({"", "", "agent_a_1"});
        query.service = text({"", "", "a"});
        query.agent_of_service = text({"", "", "", "1"});
        if (*rc::gen::arbitrary<bool>()) query.outcomes = {CallOutcome::missed, CallOutcome::answered};
        if (*rc::gen::arbitrary<bool>()) query.incoming = true;
        if (*rc::gen::arbitrary<bool>()) query.kind = HistoryRow::Kind::visit;
        query.from = at(*rc::gen::inRange(-5, 60));
        if (*rc::gen::arbitrary<bool>()) query.to = at(*rc::gen::inRange(0, 70));
        std::vector<std::int64_t> wanted;
        for (auto one = rows.rbegin(); one != rows.rend(); ++one)
            if (query.matches(*one)) wanted.push_back((one->started - at(0)) / std::chrono::seconds(1));
        RC_ASSERT(this->found(query) == wanted);
        RC_ASSERT(this->found(query, 3) == wanted);
        RC_ASSERT(must(this->reader_->count(query)) == wanted.size());
    }));
}

TYPED_TEST_P(HistoryContract, ReadsNoMoreThanItMay) {
    this->open();
    std::vector<HistoryRow> rows;
    for (int i = 0; i < 20; ++i) rows.push_back(row(i, "a", i == 0 ? "wanted" : "other"));
    this->write(rows);
    HistoryQuery query = of_office();
    query.line = "a";
    const auto never = [](const HistoryRow&) { return true; };
    EXPECT_EQ(must(this->reader_->read(query, Time::max(), 5, never)), at(14) + Duration(1));
    EXPECT_EQ(must(this->reader_->read(query, at(3), 5, never)), std::nullopt);
}

TYPED_TEST_P(HistoryContract, ForgetsTheOldest) {
    this->open();
    std::vector<HistoryRow> rows;
    for (int i = 0; i < 700; ++i) rows.push_back(row(i, "a", "caller"));
    this->write(rows);
    ASSERT_TRUE(this->reader_->tick({"office", "caller", at(5), at(6), "Alice"}));
    EXPECT_TRUE(must(this->writer_->retire(at(600))));
    EXPECT_FALSE(must(this->writer_->retire(at(600))));
    HistoryQuery query = of_office();
    EXPECT_THAT(this->found(query), SizeIs(100));
    query.numbers = {"caller"};
    EXPECT_THAT(this->found(query), SizeIs(100));
    EXPECT_THAT(must(this->reader_->ticks("office")), IsEmpty());
}

/// Rows that change their class while they are read are in the page, as they were or as they are.
TYPED_TEST_P(HistoryContract, MissesNoRowThatChangesMeanwhile) {
    this->open();
    std::vector<HistoryRow> rows;
    for (int i = 0; i < 40; ++i)
        rows.push_back(row(i, "a", "caller", i % 2 == 0 ? CallOutcome::missed : CallOutcome::in_progress));
    this->write(rows);
    HistoryQuery query = of_office();
    query.line = "a";
    std::vector<std::int64_t> seen;
    must(this->reader_->read(query, Time::max(), 100'000, [&](const HistoryRow& one) {
        if (seen.empty()) {
            for (HistoryRow& changed : rows)
                changed.outcome =
                    changed.outcome == CallOutcome::missed ? CallOutcome::busy : CallOutcome::answered;
            this->write(rows);
        }
        seen.push_back((one.started - at(0)) / std::chrono::seconds(1));
        return true;
    }));
    EXPECT_THAT(seen, SizeIs(40));
}

TYPED_TEST_P(HistoryContract, KeepsTicks) {
    this->open();
    const CallbackTick tick{"office", "caller", at(5), at(6), "Alice"};
    ASSERT_TRUE(this->reader_->tick({"office", "caller", at(1), at(2), "Bob"}));
    ASSERT_TRUE(this->reader_->tick(tick));
    EXPECT_THAT(must(this->reader_->ticks("office")), ElementsAre(tick));
    EXPECT_THAT(must(this->reader_->ticks("other")), IsEmpty());
    ASSERT_TRUE(this->reader_->untick("office", "caller"));
    EXPECT_THAT(must(this->reader_->ticks("office")), IsEmpty());
}

TYPED_TEST_P(HistoryContract, KeepsEverythingWhenItIsOpenedAgain) {
    this->open();
    HistoryRow open = row(2);
    open.stage = HistoryRow::Stage::open;
    this->write({row(1), open}, {5, 6});
    this->writer_.reset();
    this->reader_.reset();
    this->open();
    EXPECT_THAT(this->found(of_office()), ElementsAre(2, 1));
    EXPECT_THAT(must(this->writer_->unfinished()), ElementsAre(open));
    EXPECT_EQ(must(this->writer_->place()), (HistoryPlace{5, 6}));
}

TYPED_TEST_P(HistoryContract, RewritesWhatHasANumber) {
    this->open();
    this->write({row(1), row(2, "0033972000001", "0033687654321"), row(3)}, {7, 8});
    ASSERT_TRUE(this->reader_->tick({"office", "0033612345678", at(5), at(6), "Alice"}));
    ASSERT_TRUE(this->reader_->tick({"office", "0033687654321", at(5), at(6), "Alice"}));
    const auto changed = this->writer_->rewrite("0033612345678", [](HistoryRow& one) {
        one.calling = "anonymous";
        one.cause = "it's \"gone\", {all} of \\ it";
    });
    EXPECT_EQ(must(changed), 2U);
    HistoryQuery query = of_office();
    query.numbers = {"0033612345678"};
    EXPECT_THAT(this->found(query), IsEmpty());
    query.numbers = {"anonymous"};
    EXPECT_THAT(this->found(query), ElementsAre(3, 1));
    EXPECT_EQ(must(this->reader_->find(at(1)))->cause, "it's \"gone\", {all} of \\ it");
    EXPECT_THAT(must(this->reader_->ticks("office")), SizeIs(1));
    EXPECT_EQ(must(this->writer_->place()), (HistoryPlace{7, 8})) << "the place stays";
    EXPECT_EQ(must(this->writer_->rewrite("0033612345678", [](HistoryRow&) {})), 0U);
}

REGISTER_TYPED_TEST_SUITE_P(HistoryContract, MissesNoRowThatChangesMeanwhile, GivesBackWhatWasWritten,
                            ChangedRowStandsInPlaceOfTheOld, FindsWhatTheQueryMeansNewestFirst,
                            ReadsNoMoreThanItMay, ForgetsTheOldest, KeepsTicks,
                            KeepsEverythingWhenItIsOpenedAgain, RewritesWhatHasANumber);

}  // namespace callboard::test
