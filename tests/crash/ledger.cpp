#include "tests/crash/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "journal/batch_codec.hpp"
#include "journal/sqlite.hpp"

namespace callboard::test {
namespace {

/// Numbers that are looked at again each time.
constexpr Sequence kLookedAtAgain = 2'000;
constexpr std::size_t kMostComplaints = 5;

/// The value of a member whose text has nothing to unescape.
std::string member(std::string_view json, std::string_view name) {
    const std::string opening = fmt::format("\"{}\":\"", name);
    const auto at = json.find(opening);
    if (at == std::string_view::npos) return {};
    const auto value = json.substr(at + opening.size());
    return std::string(value.substr(0, value.find('"')));
}

Ledger::Entry entry_of(const Record& record) {
    const bool queue = record.protocol == Protocol::queues;
    return {nanoseconds_since_epoch(record.timestamp), record.native, record.name, record.ressource,
            member(record.data, queue ? "QueueMemberUUID" : "CallId")};
}

}  // namespace

void Ledger::read_on(const std::filesystem::path& journal) {
    read_from(journal, last() - std::min(last(), kLookedAtAgain) + 1);
}

void Ledger::read_all(const std::filesystem::path& journal) { read_from(journal, 1); }

void Ledger::read_from(const std::filesystem::path& journal, Sequence from) {
    auto connection = sqlite::Connection::open(journal.string(), true);
    if (!connection) return complain(connection.error().what);
    auto rows = connection->prepare(
        "SELECT first, count, oldest_ns, newest_ns, crc32c, body FROM batch WHERE first + count > ?1 ORDER "
        "BY first");
    if (!rows) return complain(rows.error().what);
    rows->bind(1, static_cast<std::int64_t>(from));
    Sequence behind = 1;  // the last one
    for (;;) {
        const auto row = rows->step();
        if (!row) return complain(row.error().what);
        if (!*row) break;
        const BatchHead head{static_cast<Sequence>(rows->integer(0)),
                             static_cast<std::uint64_t>(rows->integer(1)),
                             time_from_nanoseconds(rows->integer(2)), time_from_nanoseconds(rows->integer(3)),
                             static_cast<std::uint32_t>(rows->integer(4))};
        BatchReader batch(head, rows->blob(5));
        for (Record record; batch.next(record);) {
            record.sequence = batch.at() - 1;
            note(record);
        }
        if (batch.damaged()) complain(fmt::format("the batch of {} is damaged", head.first));
        behind = batch.at();
    }
    if (behind < last() + 1)
        complain(fmt::format("the journal ended with {} and now ends with {}", last(), behind - 1));
}

void Ledger::note(const Record& record) {
    Entry entry = entry_of(record);
    if (record.sequence == last() + 1) {
        if (last() > 0 && entry.timestamp <= entries_.back().timestamp)
            complain(fmt::format("the time of {} is not after that of the one before", record.sequence));
        return entries_.push_back(std::move(entry));
    }
    if (record.sequence == 0 || record.sequence > last())
        return complain(fmt::format("{} follows {}", record.sequence, last()));
    if (at(record.sequence) != entry)
        complain(fmt::format("{} was \"{}\" and is \"{}\"", record.sequence, at(record.sequence).text(),
                             entry.text()));
}

void Ledger::complain(std::string what) {
    if (complaints_.size() < kMostComplaints) complaints_.push_back(std::move(what));
}

void Counts::apply(const Ledger::Entry& entry) {
    auto& calls = ringing_[entry.ressource];
    if (entry.name == "start_ringing") {
        calls.emplace(entry.id, true);
    } else if (entry.name == "end_ringing") {
        if (const auto call = calls.find(entry.id); call != calls.end() && call->second) calls.erase(call);
    } else if (entry.name == "start_calling") {
        calls[entry.id] = false;
    } else if (entry.name == "end_calling") {
        calls.erase(entry.id);
    } else if (entry.name == "member-queue-start") {
        ++offered;
        waiting_.insert(entry.id);
    } else if (entry.name == "bridge-agent-start" || entry.name == "member-queue-end") {
        // One whose beginning never got into the journal counts as offered from its end on.
        if (waiting_.erase(entry.id) == 0) ++offered;
        ++(entry.name == "bridge-agent-start" ? answered : lost);
    }
}

std::size_t Counts::calls(const std::string& line) const {
    const auto found = ringing_.find(line);
    return found == ringing_.end() ? 0 : found->second.size();
}

}  // namespace callboard::test
