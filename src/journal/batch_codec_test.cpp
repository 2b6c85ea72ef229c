#include "journal/batch_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "journal/records_for_test.hpp"

namespace callboard {
namespace {

using test::record;
using test::records;

/// What a reader makes of a batch; nothing when it says that it is damaged.
std::optional<std::vector<Record>> decoded(const BatchHead& head, std::string_view body) {
    BatchReader reader(head, body);
    std::vector<Record> out;
    Record record;
    while (reader.next(record)) out.push_back(record);
    if (reader.damaged()) return std::nullopt;
    return out;
}

std::optional<std::vector<Record>> decoded(const Batch& batch) { return decoded(batch.head, batch.body); }

/// With a checksum that fits, so that only the grammar can tell that it is wrong.
Batch sealed(std::string body, std::uint64_t count) {
    Batch batch;
    batch.head.first = 1;
    batch.head.count = count;
    batch.body = std::move(body);
    batch.head.checksum = batch_checksum(batch.head, batch.body);
    return batch;
}

rc::Gen<std::string> any_text() {
    return rc::gen::oneOf(rc::gen::element<std::string>("", "{}", "0033972000001", "start_ringing"),
                          rc::gen::arbitrary<std::string>());
}

/// Records as the hub makes them: times rise, few services; texts may be any bytes.
rc::Gen<std::vector<Record>> any_records() {
    const auto one = rc::gen::build<Record>(
        rc::gen::set(&Record::timestamp,
                     rc::gen::map(rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000),
                                  [](std::int64_t ns) { return time_from_nanoseconds(ns); })),
        rc::gen::set(&Record::protocol, rc::gen::element(Protocol::sip, Protocol::mgcp, Protocol::queues)),
        rc::gen::set(&Record::native, rc::gen::arbitrary<bool>()), rc::gen::set(&Record::name, any_text()),
        rc::gen::set(&Record::account, rc::gen::element<std::string>("a", "b")),
        rc::gen::set(&Record::ressource, rc::gen::element<std::string>("0033", "0044", "")),
        rc::gen::set(&Record::data, any_text()),
        rc::gen::set(&Record::details, rc::gen::element<std::string>("{}", "{\"Id\":\"1\"}")),
        rc::gen::set(&Record::source, rc::gen::element<std::string>("", "sbc", "desk")));
    return rc::gen::map(rc::gen::nonEmpty(rc::gen::container<std::vector<Record>>(one)),
                        [](std::vector<Record> made) {
                            Time time = time_from_nanoseconds(1'780'000'000'000'000'000);
                            Sequence sequence = 41;
                            for (Record& record : made) {
                                time += record.timestamp.time_since_epoch();
                                record.timestamp = time;
                                record.sequence = ++sequence;
                            }
                            return made;
                        });
}

TEST(BatchCodec, GivesBackWhatItWasGiven) {
    EXPECT_TRUE(rc::check([] {
        const auto told = *any_records();
        const Batch batch = encode_batch(told, 42);
        RC_ASSERT(batch.head.count == told.size());
        RC_ASSERT(batch.head.first == 42U);
        RC_ASSERT(batch.head.oldest == told.front().timestamp);
        RC_ASSERT(batch.head.newest == told.back().timestamp);
        const auto read = decoded(batch);
        RC_ASSERT(read.has_value());
        RC_ASSERT(*read == told);
    }));
}

TEST(BatchCodec, WritesTheExampleOfTheFormatPage) {
    Record ring;
    ring.timestamp = time_from_nanoseconds(5'000);
    ring.name = "start_ringing";
    ring.account = "ba";
    ring.ressource = "0033";
    ring.data = ring.details = "{}";
    Record end = ring;
    end.timestamp += Duration(1'000);
    end.name = "end_ringing";
    const std::string expected = std::string("\x00\x00\x00", 3) +
                                 "\x02"
                                 "ba"
                                 "\x04"
                                 "0033"
                                 "\x02"
                                 "{}"
                                 "\x0d"
                                 "start_ringing"
                                 "\x02"
                                 "{}" +
                                 std::string("\xe8\x07\x00\x01", 4) +
                                 "\x0b"
                                 "end_ringing"
                                 "\x02"
                                 "{}";
    EXPECT_EQ(encode_batch(std::vector{ring, end}, 1).body, expected);
}

TEST(BatchCodec, TellsAServiceOnceInABatch) {
    const auto told = records(1, 300);
    const Batch batch = encode_batch(told, 1);
    std::size_t seen = 0;
    for (std::size_t at = 0; (at = batch.body.find("Description", at)) != std::string::npos; ++at) ++seen;
    EXPECT_EQ(seen, 3U);
}

TEST(BatchCodec, TellsAServiceAgainWhenAReloadChangedIt) {
    auto told = records(3, 4);
    for (Record& one : told) one.ressource = "0033";
    told[0].details = told[2].details = "{\"Description\":\"old\"}";
    told[1].details = told[3].details = "{\"Description\":\"new\"}";
    told[3].account = "other";
    for (std::size_t i = 0; i < told.size(); ++i) told[i].sequence = i + 1;
    EXPECT_EQ(decoded(encode_batch(told, 1)), told);
}

TEST(BatchCodec, TellsAServiceAgainWhenAnotherSourceTellsOfIt) {
    auto told = records(1, 5);
    for (Record& one : told) one.ressource = "0033", one.details = "{}";
    told[1].source = told[2].source = "sbc";
    told[3].source = "desk";
    for (std::size_t i = 0; i < told.size(); ++i) told[i].sequence = i + 1;
    const Batch batch = encode_batch(told, 1);
    EXPECT_EQ(decoded(batch), told);
    EXPECT_EQ(batch.body.find("sbc"), batch.body.rfind("sbc")) << "once for both";
}

TEST(BatchCodec, CutsAtTheGreatestNumberOfRecords) {
    const auto told = records(1, kMostBatchRecords + 1);
    EXPECT_EQ(encode_batch(told, 1).head.count, kMostBatchRecords);
}

TEST(BatchCodec, CutsAtTheGreatestSizeButAlwaysTakesOne) {
    const auto told = records(1, 3, kMostBatchBytes / 2);
    EXPECT_EQ(encode_batch(told, 1).head.count, 1U);
    EXPECT_LE(encode_batch(told, 1).body.size(), kMostBatchBytes);
    const auto huge = records(1, 2, 2 * kMostBatchBytes);
    const Batch batch = encode_batch(huge, 1);
    EXPECT_EQ(batch.head.count, 1U);
    ASSERT_TRUE(decoded(batch));
    EXPECT_EQ(decoded(batch)->front().data, huge.front().data);
}

TEST(BatchCodec, SkipsAsItReads) {
    const auto told = records(10, 20);
    const Batch batch = encode_batch(told, 10);
    BatchReader reader(batch.head, batch.body);
    for (int i = 0; i < 15; ++i) ASSERT_TRUE(reader.skip());
    EXPECT_EQ(reader.at(), 25U);
    Record read;
    ASSERT_TRUE(reader.next(read));
    EXPECT_EQ(read.sequence, 25U);
    EXPECT_EQ(read.data, told[15].data);
    EXPECT_EQ(read.details, told[15].details);
    EXPECT_EQ(read.timestamp, told[15].timestamp);
}

TEST(BatchCodec, KnowsEachChangedBitOfTheBody) {
    const Batch batch = encode_batch(records(1, 3), 7);
    for (std::size_t at = 0; at < batch.body.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string body = batch.body;
            body[at] = static_cast<char>(static_cast<unsigned char>(body[at]) ^ (1U << bit));
            ASSERT_FALSE(decoded(batch.head, body)) << "byte " << at << " bit " << bit;
        }
    }
    for (std::size_t size = 0; size < batch.body.size(); ++size)
        ASSERT_FALSE(decoded(batch.head, batch.body.substr(0, size))) << size;
    EXPECT_FALSE(decoded(batch.head, batch.body + '\0'));
}

TEST(BatchCodec, KnowsAChangedHead) {
    const Batch batch = encode_batch(records(1, 3), 7);
    const auto with = [&batch](auto change) {
        BatchHead head = batch.head;
        change(head);
        return decoded(head, batch.body);
    };
    ASSERT_TRUE(with([](BatchHead&) {}));
    EXPECT_FALSE(with([](BatchHead& head) { ++head.first; }));
    EXPECT_FALSE(with([](BatchHead& head) { --head.count; }));
    EXPECT_FALSE(with([](BatchHead& head) { ++head.count; }));
    EXPECT_FALSE(with([](BatchHead& head) { head.oldest += Duration(1); }));
    EXPECT_FALSE(with([](BatchHead& head) { head.newest += Duration(1); }));
    EXPECT_FALSE(with([](BatchHead& head) { head.checksum ^= 1; }));
}

TEST(BatchCodec, RefusesWhatTheGrammarDoesNotKnow) {
    const std::string service(
        "\x00\x01"
        "a"
        "\x01"
        "r"
        "\x01"
        "d",
        7);
    const std::string texts(
        "\x01"
        "n"
        "\x01"
        "j",
        4);
    const std::string sound = std::string("\x05\x02", 2) + service + texts;
    ASSERT_TRUE(decoded(sealed(sound, 1)));
    const std::pair<std::string, Batch> wrong[] = {
        {"no records", sealed("", 0)},
        {"more records than a batch has", sealed(sound, kMostBatchRecords + 1)},
        {"fewer bytes than records", sealed(sound, 2)},
        {"bytes behind the last record", sealed(sound + "x", 1)},
        {"no such protocol", sealed(std::string("\x05\x03", 2) + service + texts, 1)},
        {"a flag of a later format", sealed(std::string("\x05\x12", 2) + service + texts, 1)},
        {"a source that is not there", sealed(std::string("\x05\x0a", 2) + service, 1)},
        {"a source of a service that was told", sealed(sound + std::string("\x05\x0a\x01", 3) + texts, 2)},
        {"a service that was not told", sealed(std::string("\x05\x00\x01", 3) + texts, 1)},
        {"a text longer than the body", sealed(std::string("\x05\x02", 2) + service +
                                                   "\x7f"
                                                   "n",
                                               1)},
        {"a length of all bits",
         sealed(std::string("\x05\x02", 2) + service + std::string(9, '\xff') + '\x01', 1)},
        {"a number without end", sealed(std::string(11, '\xff'), 1)},
    };
    for (const auto& [name, batch] : wrong) EXPECT_FALSE(decoded(batch)) << name;
}

TEST(BatchCodec, StandsAnyBytesUnderAChecksumThatFits) {
    EXPECT_TRUE(rc::check([](const std::string& body, std::uint16_t count, std::int64_t oldest) {
        Batch batch;
        batch.head = {1, count, time_from_nanoseconds(oldest), Time{}, 0};
        batch.head.checksum = batch_checksum(batch.head, body);
        const auto read = decoded(batch.head, body);
        RC_ASSERT(!read || read->size() == count);
    }));
}

}  // namespace
}  // namespace callboard
