// Kills the real server at random moments under load, and asks afterwards whether it kept its word: nothing
// acknowledged is lost, no number is given twice, and whoever comes back with its cursor gets each event
// once.
//
// CALLBOARD names the program. CALLBOARD_CRASH_SEED and CALLBOARD_CRASH_KILLS choose another run.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <thread>
#include <unordered_map>

#include "delivery/cursor.hpp"
#include "delivery/key_file.hpp"
#include "tests/crash/ledger.hpp"
#include "tests/crash/mirror.hpp"
#include "tests/crash/office.hpp"
#include "tests/crash/poster.hpp"
#include "tests/crash/reader.hpp"
#include "tests/support/http_client.hpp"

namespace callboard::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::IsEmpty;

constexpr seconds kStartPatience{
    60};  // far beyond what a start takes, on a machine that has other things to do
constexpr seconds kReadPatience{120};
constexpr int kLongestLife = 400;   // ms of a server, from ready to killed
constexpr int kEarliestDeath = 80;  // ms of a server that is killed while it starts, at the most
constexpr unsigned kPosters = 4;

std::uint64_t asked(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// What a server said right after its start.
struct Snapshot {
    Sequence sequence = 0;
    std::string body;
};

class KillNine : public ::testing::TestWithParam<const char*> {
  protected:
    KillNine() : office_(GetParam()), random_(seed_) {}

    std::string journal() const { return (office_.data_dir() / "journal.db").string(); }
    std::uint64_t up_to(std::uint64_t most) { return random_() % (most + 1); }

    void start() {
        const auto begun = steady_clock::now();
        office_.start();
        ASSERT_TRUE(office_.wait_until_ready(kStartPatience)) << office_.log();
        starts_.push_back(std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun));
    }

    Snapshot snapshot() const {
        HttpClient client(office_.http_port());
        const auto answer = client.get("/api/snapshot?token=" + token_);
        simdjson::dom::parser parser;
        simdjson::dom::element body;
        std::string_view cursor;
        if (!answer || parser.parse(answer->body).get(body) != simdjson::SUCCESS ||
            body["cursor"].get(cursor) != simdjson::SUCCESS) {
            ADD_FAILURE() << "no snapshot";
            return {};
        }
        const auto at = CursorSeal(*load_or_create_key(office_.data_dir() / "key")).open(cursor);
        EXPECT_TRUE(at);
        return {at ? at->sequence : 0, answer->body};
    }

    void begin_to_read() {
        const auto body = snapshot().body;
        const std::string_view member = "\"cursor\":\"";
        const auto begin = body.find(member) + member.size();
        const std::string start = body.substr(begin, body.find('"', begin) - begin);
        const auto add = [&](auto reader, std::string ressource) {
            readers_.push_back({std::move(reader), std::move(ressource)});
        };
        const auto port = office_.http_port();
        const std::string line = posted_lines().front(), queue(kPostedQueue), phone = phones().front().number;
        const std::size_t all = all_numbers().size();
        add(std::make_unique<LongPollReader>(port, token_, start, all), "");
        add(std::make_unique<LongPollReader>(port, token_, start, all), "");
        add(std::make_unique<EventStreamReader>(port, token_, start, all), "");
        for (const auto& one : {line, queue, phone}) {
            const std::string token = office_.make_token(one);
            add(std::make_unique<LongPollReader>(port, token, start, 1), one);
            add(std::make_unique<EventStreamReader>(port, token, start, 1), one);
        }
        for (auto& one : readers_)
            reading_.emplace_back([reader = one.reader.get()](std::stop_token stop) { reader->run(stop); });
    }

    void begin_load() {
        for (unsigned i = 0; i < kPosters; ++i) {
            posters_.push_back(std::make_unique<Poster>(office_.http_port(), i, i % 2 == 1, random_()));
            load_.emplace_back([poster = posters_.back().get()](std::stop_token stop) { poster->run(stop); });
        }
        load_.emplace_back(
            [this](std::stop_token stop) { mirrored_ = mirror_calls(stop, office_.hep_port()); });
    }

    void end_load() {
        for (auto& one : load_) one.request_stop();
        load_.clear();
    }

    void end_reading() {
        const auto complete = [this] {
            return std::all_of(readers_.begin(), readers_.end(), [](const auto& one) {
                return one.reader->complete() || !one.reader->complaints().empty();
            });
        };
        ASSERT_TRUE(Poster::post_one_each(office_.http_port(), kTheEnd, all_numbers()));
        // complete() belongs to the reading threads: these end by themselves when all goes well.
        std::jthread limit([this](std::stop_token stop) {
            for (const auto end = steady_clock::now() + kReadPatience;
                 steady_clock::now() < end && !stop.stop_requested();)
                std::this_thread::sleep_for(milliseconds(20));
            for (auto& one : reading_) one.request_stop();
        });
        for (auto& one : reading_) one.join();
        limit.request_stop();
        limit.join();
        EXPECT_TRUE(complete());
    }

    void one_death() {
        if (up_to(3) == 0) {  // in the middle of a start
            office_.start();
            std::this_thread::sleep_for(milliseconds(up_to(kEarliestDeath)));
            office_.kill();
            return;
        }
        start();
        if (HasFatalFailure()) return;
        snapshots_.push_back(snapshot());
        ledger_.read_on(journal());
        std::this_thread::sleep_for(milliseconds(up_to(kLongestLife)));
        office_.kill();
    }

    void check_acknowledged();
    void check_readers();
    void check_snapshots();
    void say() const;

    struct Reading {
        std::unique_ptr<Reader> reader;
        std::string ressource;  // empty: all
    };

    const std::uint64_t seed_ = asked("CALLBOARD_CRASH_SEED", 20'261'125);
    const std::uint64_t kills_ = asked("CALLBOARD_CRASH_KILLS", CALLBOARD_KILLS);
    Office office_;
    std::mt19937_64 random_;
    std::string token_;
    std::vector<milliseconds> starts_;
    std::vector<Snapshot> snapshots_;
    Ledger ledger_;
    std::vector<Reading> readers_;
    std::vector<std::unique_ptr<Poster>> posters_;
    std::uint64_t mirrored_ = 0;
    std::vector<std::jthread> reading_, load_;  // last: they end before what they use
};

/// Each batch is in the journal under the numbers it was answered with; one without an answer is in whole or
/// not at all; one that was refused is not.
void KillNine::check_acknowledged() {
    std::unordered_map<std::string, Sequence> number_of;
    for (Sequence at = 1; at <= ledger_.last(); ++at) {
        const auto& entry = ledger_.at(at);
        if (!entry.id.starts_with("posted-")) continue;
        EXPECT_TRUE(number_of.emplace(entry.text(), at).second) << entry.text() << " is in the journal twice";
    }
    std::size_t acknowledged = 0, unanswered = 0;
    for (const auto& poster : posters_) {
        EXPECT_THAT(poster->complaints(), IsEmpty());
        for (const Batch& batch : poster->batches()) {
            const auto first = number_of.find(batch.events.front());
            const bool kept = first != number_of.end();
            if (batch.first != 0) {
                ++acknowledged;
                ASSERT_TRUE(kept) << batch.events.front() << " was acknowledged as " << batch.first
                                  << " and is lost";
                EXPECT_EQ(first->second, batch.first);
                EXPECT_EQ(batch.last, batch.first + batch.events.size() - 1);
            } else {
                ++unanswered;
                EXPECT_FALSE(batch.refused && kept) << batch.events.front() << " was refused and is there";
            }
            for (std::size_t i = 0; i < batch.events.size(); ++i) {
                const auto number = number_of.find(batch.events[i]);
                ASSERT_EQ(number != number_of.end(), kept) << batch.events[i] << ": half of a batch is there";
                if (kept) {
                    ASSERT_EQ(number->second, first->second + i);
                }
            }
        }
    }
    std::cout << fmt::format("posted: {} batches acknowledged, {} without an answer\n", acknowledged,
                             unanswered);
    EXPECT_GT(acknowledged, kills_);
}

void KillNine::check_readers() {
    std::uint64_t connections = 0;
    for (const auto& [reader, ressource] : readers_) {
        SCOPED_TRACE(
            fmt::format("{} of {}", reader->transport(), ressource.empty() ? "everything" : ressource));
        EXPECT_THAT(reader->complaints(), IsEmpty());
        std::vector<std::int64_t> expected;
        for (const auto& entry : ledger_.entries())
            if (!entry.native && (ressource.empty() || entry.ressource == ressource))
                expected.push_back(entry.timestamp);
        EXPECT_GT(expected.size(), kills_ / 10);
        const auto [missed, got] = std::mismatch(expected.begin(), expected.end(),
                                                 reader->timestamps().begin(), reader->timestamps().end());
        EXPECT_TRUE(missed == expected.end() && got == reader->timestamps().end())
            << "it got " << reader->timestamps().size() << " events of " << expected.size()
            << ", right up to the " << missed - expected.begin() << "th";
        connections += reader->connections();
    }
    std::cout << fmt::format("readers: {} of them came back {} times\n", readers_.size(), connections);
}

/// A state that was folded from the journal counts what is in the journal.
void KillNine::check_snapshots() {
    Counts counts;
    Sequence at = 0;
    simdjson::dom::parser parser;
    for (const Snapshot& one : snapshots_) {
        SCOPED_TRACE(fmt::format("snapshot at {}", one.sequence));
        ASSERT_LE(one.sequence, ledger_.last());
        while (at < one.sequence) counts.apply(ledger_.at(++at));
        simdjson::dom::element body = parser.parse(one.body);
        for (const auto line : body["lines"].get_array()) {
            const std::string number(line["number"].get_string().value());
            ASSERT_EQ(line["calls"].get_uint64().value(), counts.calls(number)) << number;
        }
        const auto queue = body["queues"].at(0);
        EXPECT_EQ(queue["waiting"].get_array().size(), counts.waiting());
        EXPECT_EQ(queue["counters"]["offered"].get_uint64().value(), counts.offered);
        EXPECT_EQ(queue["counters"]["answered"].get_uint64().value(), counts.answered);
        EXPECT_EQ(queue["counters"]["lost"].get_uint64().value(), counts.lost);
    }
}

void KillNine::say() const {
    auto starts = starts_;
    std::sort(starts.begin(), starts.end());
    std::cout << fmt::format(
        "seed {}, {} kills: {} events, of {} mirrored messages and what was posted; {} starts "
        "took {} ms in the middle, {} ms at most\n",
        seed_, kills_, ledger_.last(), mirrored_, starts.size(), starts[starts.size() / 2].count(),
        starts.back().count());
}

TEST_P(KillNine, LosesNothingAndRepeatsNothing) {
    std::cout << "seed " << seed_ << "\n";
    token_ = office_.make_token();
    start();
    ASSERT_FALSE(HasFatalFailure());
    begin_to_read();
    begin_load();
    office_.kill();
    const std::uint64_t deaths = kills_ / 2;  // the other half is for the other way to sync
    for (std::uint64_t death = 1; death < deaths && !HasFatalFailure(); ++death) one_death();
    ASSERT_FALSE(HasFatalFailure());
    start();
    ASSERT_FALSE(HasFatalFailure());
    end_load();
    end_reading();
    ledger_.read_on(journal());
    EXPECT_EQ(office_.stop(seconds(10)), 0) << office_.log();
    ledger_.read_all(journal());
    EXPECT_THAT(ledger_.complaints(), IsEmpty());
    check_acknowledged();
    check_readers();
    check_snapshots();
    say();
}

INSTANTIATE_TEST_SUITE_P(Sync, KillNine, ::testing::Values("interval", "always"),
                         [](const auto& named) { return std::string(named.param); });

}  // namespace
}  // namespace callboard::test
