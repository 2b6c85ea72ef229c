#include "journal/sqlite_journal.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>

namespace callboard {
namespace {

constexpr std::int64_t kApplicationId = 0x43424a31;  // "CBJ1"
constexpr std::int64_t kFormat = 2;                  // 1 knew no sources; what it wrote is read as it is
constexpr std::int64_t kPagesKeptFree =
    256;  // for the next batches, instead of giving them back and asking again

/// Beside a group on a disk that was full: the log keeps whole pages.
constexpr std::size_t kRoomToSpare = 256 << 10;

constexpr const char* kSchema =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE meta(format INTEGER NOT NULL, epoch INTEGER NOT NULL, next INTEGER NOT NULL);"
    "CREATE TABLE batch(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, oldest_ns INTEGER NOT NULL,"
    " newest_ns INTEGER NOT NULL, crc32c INTEGER NOT NULL, body BLOB NOT NULL);"
    "INSERT INTO meta VALUES({}, {}, {});"
    "PRAGMA application_id={};"
    "COMMIT";

std::int64_t random_epoch() {
    std::random_device random;
    const std::uint64_t bits = (static_cast<std::uint64_t>(random()) << 32) | random();
    return static_cast<std::int64_t>(bits | 1);  // never 0
}

std::int64_t signed_of(Sequence sequence) { return static_cast<std::int64_t>(sequence); }

Sequence sequence_of(std::int64_t column) { return column < 0 ? 0 : static_cast<Sequence>(column); }

BatchHead head_of(const sqlite::Statement& row) {
    return {sequence_of(row.integer(0)), sequence_of(row.integer(1)), time_from_nanoseconds(row.integer(2)),
            time_from_nanoseconds(row.integer(3)), static_cast<std::uint32_t>(row.integer(4))};
}

}  // namespace

SqliteJournal::SqliteJournal(Settings settings, FileLock lock, const Clock& clock, Metrics& metrics)
    : settings_(std::move(settings)),
      lock_(std::move(lock)),
      clock_(clock),
      damaged_batches_(
          metrics.counter("callboard_journal_damaged_batches_total",
                          "Reads of batches of the journal that were found damaged and skipped.")),
      readers_(settings_.file.string(), settings_.readers) {}

SqliteJournal::~SqliteJournal() {
    if (connection_.handle() != nullptr && unsynced_.load() && !connection_.sync_log())
        spdlog::error("journal: the last events could not be synced to the disk");
}

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(Settings settings, const Clock& clock,
                                                           Metrics& metrics) {
    auto lock = FileLock::take(settings.file.string() + ".lock");
    if (!lock) return lock.error();
    std::unique_ptr<SqliteJournal> journal(new SqliteJournal(std::move(settings), std::move(*lock), clock,
                                                             metrics));  // NOLINT: private constructor
    auto opened = journal->open_file();
    if (!opened) return opened.error();
    return journal;
}

Result<void> SqliteJournal::open_file() {
    auto connection = sqlite::Connection::open(settings_.file.string(), false);
    if (!connection) return connection.error();
    connection_ = std::move(*connection);
    if (auto made = make_or_check(); !made) return made.error();
    // NORMAL syncs when the log is written back, which keeps the file whole; FULL also at each commit.
    const char* sync = settings_.sync == Sync::always ? "FULL" : "NORMAL";
    if (auto set = connection_.run(fmt::format("PRAGMA synchronous={}", sync).c_str()); !set) return set;
    sqlite3_wal_hook(
        connection_.handle(),
        [](void* journal, sqlite3*, const char*, int pages) {
            static_cast<SqliteJournal*>(journal)->log_pages_ = pages;
            return SQLITE_OK;
        },
        this);
    auto syncing = sqlite::Connection::open(settings_.file.string(), false);
    if (!syncing) return syncing.error();
    syncing_ = std::move(*syncing);
    // Makes it open the log.
    if (auto read = syncing_.integer("SELECT format FROM meta"); !read) return read.error();
    auto insert = connection_.prepare("INSERT INTO batch VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    if (!insert) return insert.error();
    insert_ = std::move(*insert);
    return load();
}

/// Readers and the writer only leave each other alone with a write-ahead log, and not every disk can share
/// one.
Result<void> SqliteJournal::use_log() {
    auto mode = connection_.prepare("PRAGMA journal_mode=WAL");
    if (!mode) return mode.error();
    if (const auto row = mode->step(); !row) return row.error();
    if (mode->blob(0) != "wal")
        return Error{Error::Kind::unavailable,
                     settings_.file.string() +
                         " cannot have a write-ahead log on this disk: name a data_dir on a local one"};
    return {};
}

std::string SqliteJournal::schema(std::int64_t epoch, std::int64_t next) {
    return fmt::format(kSchema, kFormat, epoch, next, kApplicationId);
}

Result<void> SqliteJournal::check(sqlite::Connection& connection, const std::string& file) {
    const auto application = connection.integer("PRAGMA application_id");
    if (!application) return application.error();
    if (*application != kApplicationId)
        return Error{Error::Kind::corrupt,
                     file + " is not a journal of callboard: move it away, or name another data_dir"};
    const auto format = connection.integer("SELECT format FROM meta");
    if (!format) return format.error();
    if (*format > kFormat)
        return Error{
            Error::Kind::invalid,
            fmt::format("{} has format {}, made by a newer callboard; this one reads up to {}: install "
                        "the newer one again, or name another data_dir",
                        file, *format, kFormat)};
    return {};
}

Result<void> SqliteJournal::make_or_check() {
    const std::string file = settings_.file.string();
    // SQLite opens what it may not write for reading alone, and would say so at the first append.
    if (sqlite3_db_readonly(connection_.handle(), "main") == 1)
        return sqlite::error_of(nullptr, SQLITE_READONLY, "cannot write " + file);
    const auto application = connection_.integer("PRAGMA application_id");
    if (!application) return application.error();
    const auto tables = connection_.integer("SELECT count(*) FROM sqlite_master");
    if (!tables) return tables.error();
    const bool empty = *application == 0 && *tables == 0;
    if (!empty)
        if (auto known = check(connection_, file); !known) return known;
    if (empty) {
        // These two only count before the first page is written.
        auto shaped = connection_.run(
            fmt::format("PRAGMA page_size={}; PRAGMA auto_vacuum=INCREMENTAL", kPageSize).c_str());
        if (!shaped) return shaped;
    }
    if (auto log = use_log(); !log) return log;
    if (empty) return connection_.run(schema(random_epoch(), 1).c_str());
    // A program that does not know this format must not read what is appended from now on.
    return connection_.run(fmt::format("UPDATE meta SET format={0} WHERE format<{0}", kFormat).c_str());
}

Result<void> SqliteJournal::load() {
    const auto epoch = connection_.integer("SELECT epoch FROM meta");
    if (!epoch) return epoch.error();
    epoch_ = static_cast<std::uint64_t>(*epoch);
    const auto next = number_behind_newest();
    if (!next) return next.error();
    next_ = *next;
    const auto oldest = connection_.integer("SELECT ifnull(min(first), -1) FROM batch");
    if (!oldest) return oldest.error();
    first_ = *oldest > 0 ? sequence_of(*oldest) : *next;
    return {};
}

Result<Sequence> SqliteJournal::number_behind_newest() {
    const auto kept = connection_.integer("SELECT next FROM meta");
    if (!kept) return kept.error();
    const auto newest = connection_.integer("SELECT ifnull(max(first), 0) FROM batch");
    if (!newest) return newest.error();
    const Sequence next = std::max<Sequence>(sequence_of(*kept), 1);
    if (*newest <= 0) return next;
    Sequence count = kMostBatchRecords;  // when the batch cannot tell
    auto reader = readers_.take();
    if (!reader) return reader.error();
    const auto sound = read_batch(**reader, sequence_of(*newest), [&](BatchReader& batch) {
        while (batch.skip()) {
        }
        if (!batch.damaged()) count = batch.at() - sequence_of(*newest);
    });
    if (!sound) return sound.error();
    if (!*sound) spdlog::warn("journal: the newest batch is damaged; numbers go on behind its greatest size");
    return std::max(next, sequence_of(*newest) + count);
}

Result<Sequence> SqliteJournal::append(std::span<Record> group) {
    auto appended = group.empty() ? tried() : append_batches(group);
    // What was read of a file that seemed damaged is not kept: the disk may do better next time.
    if (!appended && appended.error().kind == Error::Kind::corrupt) connection_.forget_pages();
    return appended;
}

Result<Sequence> SqliteJournal::append_batches(std::span<Record> group) {
    refused_bytes_ = 0;
    for (const Record& record : group) refused_bytes_ += record.data.size();
    const Sequence begin = next_.load(std::memory_order_relaxed);
    Sequence next = begin;
    std::optional<sqlite::Transaction> transaction;
    for (auto left = std::span<const Record>(group); !left.empty();) {
        const Batch batch = encode_batch(left, next);
        // One row is a transaction of its own, without two more statements.
        if (!transaction && batch.head.count < group.size()) {
            auto begun = sqlite::Transaction::begin(connection_);
            if (!begun) return begun.error();
            transaction.emplace(*std::move(begun));
        }
        const sqlite::ResetAtEnd reset(insert_);
        insert_.bind(1, signed_of(batch.head.first))
            .bind(2, signed_of(batch.head.count))
            .bind(3, nanoseconds_since_epoch(batch.head.oldest))
            .bind(4, nanoseconds_since_epoch(batch.head.newest))
            .bind(5, std::int64_t{batch.head.checksum})
            .bind(6, std::string_view(batch.body));
        if (const auto inserted = insert_.step(); !inserted) return inserted.error();
        left = left.subspan(batch.head.count);
        next += batch.head.count;
    }
    if (transaction)
        if (auto committed = transaction->commit(); !committed) return committed.error();
    Sequence sequence = begin;
    for (Record& record : group) record.sequence = sequence++;
    next_.store(next, std::memory_order_release);
    unsynced_ = settings_.sync == Sync::interval;
    refused_bytes_ = 0;
    keep_log_small();
    return next - 1;
}

/// Writes something that changes nothing. A disk that had no room for the last group has to have it now: a
/// single page finds its place long before.
Result<Sequence> SqliteJournal::tried() {
    if (refused_bytes_ > 0) {
        std::error_code unknown;
        const auto room = std::filesystem::space(settings_.file.parent_path(), unknown);
        if (!unknown && room.available < refused_bytes_ + kRoomToSpare)
            return sqlite::error_of(nullptr, SQLITE_FULL, "cannot write " + settings_.file.string());
    }
    // Of all writes SQLite only leaves this one to us: an UPDATE that changes nothing is not made.
    if (auto written = connection_.run("PRAGMA user_version=0"); !written) return written.error();
    keep_log_small();
    return last();
}

Result<void> SqliteJournal::sync() {
    if (unsynced_.exchange(false)) {
        if (auto synced = syncing_.sync_log(); !synced) {
            unsynced_ = true;
            return synced;
        }
    }
    const int pages = log_pages_;
    if (pages < kCheckpointPages) next_background_checkpoint_ = kCheckpointPages;
    // From kLongLogPages on append() is to find nobody else at it.
    if (pages < next_background_checkpoint_ || pages >= kLongLogPages) return {};
    next_background_checkpoint_ = pages + kCheckpointPages;
    const std::lock_guard alone(checkpoint_mutex_);
    write_log_back(syncing_, SQLITE_CHECKPOINT_PASSIVE, background_checkpoint_trouble_);
    return {};
}

/// While events come in all the time sync() never catches up with them, and the log only begins anew when all
/// of it is written back; so the rest is written back here now and then, a few pages. Readers hold the log's
/// end as well: when they never pause it would grow for ever, so at kMostLogPages they have to wait a moment.
void SqliteJournal::keep_log_small() {
    const int pages = log_pages_;
    if (pages < kLongLogPages) next_checkpoint_ = kLongLogPages;
    if (pages < next_checkpoint_) return;
    next_checkpoint_ = pages + kCheckpointPages;
    const bool too_long = pages >= kMostLogPages;
    // SQLite lets one write back at a time, and does not wait for the other.
    std::unique_lock alone(checkpoint_mutex_, std::defer_lock);
    if (too_long)
        alone.lock();
    else if (!alone.try_lock())
        return;
    const bool quiet = too_long && readers_.pause(std::chrono::milliseconds(200));
    write_log_back(connection_, quiet ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
                   checkpoint_trouble_);
    if (too_long) readers_.resume();
}

void SqliteJournal::write_log_back(sqlite::Connection& connection, int how, Throttle& trouble) const {
    const int code = sqlite3_wal_checkpoint_v2(connection.handle(), "main", how, nullptr, nullptr);
    // The events are safe in the log; what is wrong with the file shows when the log cannot grow any more.
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        if (const auto times = trouble.hit(clock_.steady()))
            spdlog::warn("journal: {} ({} times)",
                         sqlite::error_of(connection.handle(), code, "cannot write the log back").what,
                         *times);
}

void SqliteJournal::damaged(Sequence batch, std::string_view how) const {
    damaged_batches_.add();
    const std::lock_guard lock(damage_mutex_);
    if (const auto times = damage_spoken_.hit(clock_.steady()))
        spdlog::error(
            "journal: {}: the batch of event {} is damaged ({}) and was skipped; {} such reads so far. "
            "Check the disk, restore a copy if these events matter.",
            settings_.file.string(), batch, how, *times);
}

/// Hands the batch over. False: it is damaged, which is counted. A batch that is gone is no damage. Error: it
/// cannot be read just now.
Result<bool> SqliteJournal::read_batch(ReadPool::Reader& reader, Sequence batch,
                                       const std::function<void(BatchReader&)>& take) const {
    const sqlite::ResetAtEnd reset(reader.batch_at);
    const auto row = reader.batch_at.bind(1, signed_of(batch)).step();
    if (!row) {
        if (row.error().kind != Error::Kind::corrupt) return row.error();
        reader.suspect = true;
        damaged(batch, row.error().what);
        return false;
    }
    if (!*row) return true;
    BatchReader records(head_of(reader.batch_at), reader.batch_at.blob(5));
    if (!records.damaged()) take(records);
    if (!records.damaged()) return true;
    reader.suspect = true;
    damaged(batch, "its bytes are not those that were written");
    return false;
}

Result<Sequence> SqliteJournal::key_of(sqlite::Statement& statement, Sequence sequence) {
    const sqlite::ResetAtEnd reset(statement);
    const auto row = statement.bind(1, signed_of(sequence)).step();
    if (!row) return row.error();
    return *row ? sequence_of(statement.integer(0)) : 0;
}

/// The batch that has the event behind `after`, or the first one behind it.
Result<Sequence> SqliteJournal::first_batch(ReadPool::Reader& reader, Sequence after, Sequence end) const {
    const auto key = key_of(reader.batch_with, after + 1);
    if (!key && key.error().kind != Error::Kind::corrupt) return key.error();
    if (key && *key != 0 && *key <= after + 1) return *key;
    return batch_behind(reader, after, end);
}

/// The batch that follows a sound one.
Result<Sequence> SqliteJournal::expected_batch(ReadPool::Reader& reader, Sequence expected,
                                               Sequence end) const {
    if (expected > end) return Sequence{0};
    const auto there = has_batch(reader, expected);
    if (!there) return there.error();
    if (*there) return expected;
    const auto left = numbers_left(reader, expected, end);
    if (!left) return left.error();
    if (*left) return batch_behind(reader, expected, end);
    reader.suspect = true;
    damaged(expected, "it is missing");
    return batch_behind(reader, expected, end);
}

/// Whether the numbers from `expected` on were passed over when the journal was restored from a copy.
Result<bool> SqliteJournal::numbers_left(ReadPool::Reader& reader, Sequence expected, Sequence end) {
    if (end - expected < kNumbersLeft) return false;
    const auto behind = key_of(reader.batch_after, expected);
    if (!behind) return behind.error().kind == Error::Kind::corrupt ? Result<bool>(false) : behind.error();
    return *behind == 0 || *behind - expected >= kNumbersLeft;
}

Result<Sequence> SqliteJournal::batch_behind(ReadPool::Reader& reader, Sequence from, Sequence end) const {
    if (from >= end) return Sequence{0};
    const auto key = key_of(reader.batch_after, from);
    if (!key && key.error().kind != Error::Kind::corrupt) return key.error();
    if (key && *key == 0) return *key;
    if (key && *key > from && *key <= end) {
        const auto there = has_batch(reader, *key);
        if (!there || *there) return there ? key : there.error();
    }
    // A damaged tree leads astray, or in circles.
    reader.suspect = true;
    damaged(from + 1, "the way to it is lost");
    return search_batch(reader, from, end);
}

/// By number, where the way from batch to batch is lost: each one at first, as after one batch that cannot be
/// read, then at the distance of the greatest batch.
Result<Sequence> SqliteJournal::search_batch(ReadPool::Reader& reader, Sequence from, Sequence end) {
    constexpr Sequence kOneByOne = 64 * kMostBatchRecords;
    const Sequence near = std::min(end, from + kOneByOne);
    for (Sequence at = from + 1; at <= near; ++at)
        if (const auto there = has_batch(reader, at); !there || *there)
            return there ? Result<Sequence>(at) : there.error();
    for (Sequence at = near; at < end; at += kMostBatchRecords) {
        const auto key = key_of(reader.batch_after, at);
        if (!key && key.error().kind != Error::Kind::corrupt) return key.error();
        if (!key || *key <= at || *key > end) continue;
        if (const auto there = has_batch(reader, *key); !there || *there) return there ? key : there.error();
    }
    return Sequence{0};
}

Result<bool> SqliteJournal::has_batch(ReadPool::Reader& reader, Sequence batch) {
    const auto key = key_of(reader.batch_at, batch);
    if (!key && key.error().kind != Error::Kind::corrupt) return key.error();
    return key && *key == batch;
}

Result<Sequence> SqliteJournal::read(Sequence after, std::size_t limit,
                                     const std::function<bool(const Record&)>& take) const {
    const Sequence end = last();  // before the reader's view of the file, which then has all of it
    auto reader = readers_.take();
    if (!reader) return reader.error();
    Record record;
    bool more = true;
    for (auto key = first_batch(**reader, after, end); limit > 0;) {
        if (!key) return key.error();
        if (*key == 0) break;
        Sequence behind = 0;  // where the next batch begins, when this one can say
        const auto sound = read_batch(**reader, *key, [&](BatchReader& batch) {
            while (batch.at() <= after && batch.skip()) {
            }
            while (more && batch.next(record)) {
                after = record.sequence;
                more = take(record) && --limit > 0;
            }
            behind = batch.at();
        });
        if (!sound) return sound.error();
        if (!more) break;
        key =
            *sound && behind != 0 ? expected_batch(**reader, behind, end) : batch_behind(**reader, *key, end);
    }
    return after;
}

Result<Sequence> SqliteJournal::retire_batches(Time limit, bool& more) {
    auto oldest = connection_.prepare("SELECT first, count, newest_ns FROM batch ORDER BY first LIMIT ?1");
    if (!oldest) return oldest.error();
    oldest->bind(1, std::int64_t{kMostRetired} + 1);
    std::int64_t last = 0;
    more = false;
    for (int rows = 0; !more; ++rows) {
        const auto row = oldest->step();
        if (!row) return row.error();
        if (!*row || time_from_nanoseconds(oldest->integer(2)) >= limit) break;
        more = rows == kMostRetired;
        if (!more) last = oldest->integer(0);
    }
    oldest->reset();
    if (last == 0) return first();

    auto transaction = sqlite::Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    auto done = connection_.run(fmt::format("DELETE FROM batch WHERE first <= {}; UPDATE meta SET next = {}",
                                            last, next_.load(std::memory_order_relaxed))
                                    .c_str());
    if (!done) return done.error();
    const auto first = connection_.integer("SELECT ifnull(min(first), 0) FROM batch");
    if (!first) return first.error();
    if (auto committed = transaction->commit(); !committed) return committed.error();
    unsynced_ = settings_.sync == Sync::interval;
    return *first > 0 ? sequence_of(*first) : next_.load(std::memory_order_relaxed);
}

Result<bool> SqliteJournal::retire(Time limit) {
    bool more = false;
    const auto first = retire_batches(limit, more);
    if (!first) return first.error();
    first_.store(*first, std::memory_order_release);
    const auto free_pages = connection_.integer("PRAGMA freelist_count");
    if (!free_pages) return free_pages.error();
    if (*free_pages > kPagesKeptFree) {
        auto returned =
            connection_.run(fmt::format("PRAGMA incremental_vacuum({})", kMostPagesReturned).c_str());
        if (!returned) return returned.error();
        more = more || *free_pages - kMostPagesReturned > kPagesKeptFree;
    }
    keep_log_small();
    return more;
}

Sequence SqliteJournal::first_at(Time time) const {
    auto reader = readers_.take();
    if (!reader) return first();
    // Batches are in the order of time: halve the numbers until one batch is left.
    Sequence low = first();
    Sequence high = last() + 1;
    Sequence batch = 0;  // the earliest known that ends at or after `time`
    auto& at = (*reader)->batch_with;
    while (low < high) {
        const Sequence middle = low + (high - low) / 2;
        const sqlite::ResetAtEnd reset(at);
        const auto row = at.bind(1, signed_of(middle)).step();
        if (!row) return first();
        const Sequence begin = *row ? sequence_of(at.integer(0)) : 0;
        if (begin != 0 && time_from_nanoseconds(at.integer(2)) >= time) {
            batch = begin;
            high = std::min(begin, middle);
        } else {
            low = middle + 1;
        }
    }
    if (batch == 0) return last() + 1;
    Sequence found = batch;
    const auto sound = read_batch(**reader, batch, [&](BatchReader& records) {
        Record record;
        while (records.next(record)) {
            found = record.sequence;
            if (record.timestamp >= time) break;
        }
    });
    return sound ? found : first();
}

}  // namespace callboard
