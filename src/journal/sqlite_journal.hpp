#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "base/metrics.hpp"
#include "base/throttle.hpp"
#include "journal/batch_codec.hpp"
#include "journal/file_lock.hpp"
#include "journal/journal.hpp"
#include "journal/read_pool.hpp"
#include "journal/sqlite.hpp"

namespace callboard {

/// The journal in one SQLite file; its format, and what happens to damaged parts, is in
/// docs/formats/journal.md.
class SqliteJournal final : public Journal {
  public:
    enum class Sync {
        always,    ///< append() returns when the disk has it
        interval,  ///< sync() makes the disk have it
    };
    struct Settings {
        std::filesystem::path file;  ///< `data_dir/journal.db`; its folder must exist
        Sync sync = Sync::interval;
        std::size_t readers = 4;  ///< most read() at a time; more wait
    };

    /// Opens or makes the file. Error: another process has it open; not ours; of a newer format; not
    /// writable. `clock` (for log lines alone) and `metrics` must outlive the journal.
    static Result<std::unique_ptr<SqliteJournal>> open(Settings settings, const Clock& clock,
                                                       Metrics& metrics);
    ~SqliteJournal() override;
    SqliteJournal(const SqliteJournal&) = delete;
    SqliteJournal& operator=(const SqliteJournal&) = delete;

    Result<Sequence> append(std::span<Record> group) override;
    Result<void> sync() override;
    Result<Sequence> read(Sequence after, std::size_t limit,
                          const std::function<bool(const Record&)>& take) const override;
    Result<bool> retire(Time limit) override;
    Sequence first() const override { return first_.load(std::memory_order_acquire); }
    Sequence last() const override { return next_.load(std::memory_order_acquire) - 1; }
    /// first() when the file cannot be read: too much is better than too little.
    Sequence first_at(Time time) const override;
    std::uint64_t epoch() const override { return epoch_; }

    /// Whether an open database is a journal that this program reads. `file`: its name in errors.
    static Result<void> check(sqlite::Connection& connection, const std::string& file);
    /// What makes an empty database a journal of this format.
    static std::string schema(std::int64_t epoch, std::int64_t next);

    /// Numbers that a journal which goes on from a copy passes over (leave_numbers()): more than any server
    /// gives between two copies, so that nothing else makes such a gap.
    static constexpr Sequence kNumbersLeft = Sequence{1} << 32;
    static constexpr int kMostRetired = 32;        ///< batches that one retire() deletes
    static constexpr int kMostPagesReturned = 64;  ///< pages that one retire() gives back to the disk
    static constexpr int kPageSize = 16'384;
    static constexpr int kCheckpointPages = 512;     ///< of the write-ahead log: then sync() writes it back
    static constexpr int kLongLogPages = 4'096;      ///< then append() does, so that the log can begin anew
    static constexpr int kMostLogPages = 8 * 1'024;  ///< then readers wait until it is empty again

  private:
    SqliteJournal(Settings settings, FileLock lock, const Clock& clock, Metrics& metrics);
    Result<void> open_file();
    Result<void> use_log();
    Result<void> make_or_check();
    Result<void> load();
    Result<Sequence> number_behind_newest();
    Result<Sequence> retire_batches(Time limit, bool& more);
    void keep_log_small();
    void write_log_back(sqlite::Connection& connection, int how, Throttle& trouble) const;
    Result<Sequence> append_batches(std::span<Record> group);
    Result<Sequence> tried();
    void damaged(Sequence batch, std::string_view how) const;
    Result<bool> read_batch(ReadPool::Reader& reader, Sequence batch,
                            const std::function<void(BatchReader&)>& take) const;
    /// First column of the row that `statement` finds for `sequence`; 0 when there is none.
    static Result<Sequence> key_of(sqlite::Statement& statement, Sequence sequence);
    static Result<bool> has_batch(ReadPool::Reader& reader, Sequence batch);
    static Result<bool> numbers_left(ReadPool::Reader& reader, Sequence expected, Sequence end);
    // Batches on the way through the file, up to `end`; 0: there are no more.
    Result<Sequence> first_batch(ReadPool::Reader& reader, Sequence after, Sequence end) const;
    Result<Sequence> expected_batch(ReadPool::Reader& reader, Sequence expected, Sequence end) const;
    Result<Sequence> batch_behind(ReadPool::Reader& reader, Sequence from, Sequence end) const;
    static Result<Sequence> search_batch(ReadPool::Reader& reader, Sequence from, Sequence end);

    Settings settings_;
    FileLock lock_;
    const Clock& clock_;
    Counter& damaged_batches_;
    std::uint64_t epoch_ = 0;
    std::atomic<Sequence> first_{1}, next_{1};

    // The hub's thread.
    sqlite::Connection connection_;
    sqlite::Statement insert_;
    std::size_t refused_bytes_ = 0;  // of the last group, when it could not be appended
    int next_checkpoint_ = 0;        // when log_pages_ is this
    Throttle checkpoint_trouble_;

    std::mutex checkpoint_mutex_;
    std::atomic<bool> unsynced_{false};
    std::atomic<int> log_pages_{0};  // in the write-ahead log after the last commit

    // The thread of sync(): a connection of its own, because the disk may take as long as it likes.
    sqlite::Connection syncing_;
    int next_background_checkpoint_ = 0;
    Throttle background_checkpoint_trouble_;

    mutable std::mutex damage_mutex_;
    mutable Throttle damage_spoken_;

    mutable ReadPool readers_;
};

}  // namespace callboard
