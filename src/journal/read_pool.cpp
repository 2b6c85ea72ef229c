#include "journal/read_pool.hpp"

namespace callboard {
namespace {

constexpr std::string_view kBatchAt =
    "SELECT first, count, oldest_ns, newest_ns, crc32c, body FROM batch WHERE first = ?1";
constexpr std::string_view kBatchAfter = "SELECT first FROM batch WHERE first > ?1 ORDER BY first LIMIT 1";
constexpr std::string_view kBatchWith =
    "SELECT first, count, newest_ns FROM batch WHERE first <= ?1 ORDER BY first DESC LIMIT 1";

}  // namespace

Result<std::unique_ptr<ReadPool::Reader>> ReadPool::open() const {
    auto connection = sqlite::Connection::open(file_, true);
    if (!connection) return connection.error();
    auto reader = std::make_unique<Reader>();
    reader->connection = std::move(*connection);
    for (auto [statement, sql] : {std::pair{&reader->batch_at, kBatchAt},
                                  {&reader->batch_after, kBatchAfter},
                                  {&reader->batch_with, kBatchWith}}) {
        auto prepared = reader->connection.prepare(sql);
        if (!prepared) return prepared.error();
        *statement = std::move(*prepared);
    }
    return reader;
}

Result<ReadPool::Lease> ReadPool::take() {
    std::unique_ptr<Reader> reader;
    {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, kPatience, [this] { return !paused_ && out_ < most_; }))
            return Error{Error::Kind::unavailable,
                         "the journal is being read by too many at once; try again later"};
        ++out_;
        if (!idle_.empty()) {
            reader = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    Error failed;
    if (!reader) {
        auto opened = open();
        if (opened)
            reader = std::move(*opened);
        else
            failed = opened.error();
    }
    if (reader) {
        auto begun = reader->connection.run("BEGIN");
        if (begun) return Lease(*this, std::move(reader));
        failed = begun.error();
    }
    give_back(nullptr);
    return failed;
}

void ReadPool::give_back(std::unique_ptr<Reader> reader) {
    if (reader) {
        reader->batch_at.reset();
        reader->batch_after.reset();
        reader->batch_with.reset();
        if (!reader->connection.run("COMMIT") || reader->suspect) reader.reset();
    }
    const std::lock_guard lock(mutex_);
    --out_;
    if (reader) idle_.push_back(std::move(reader));
    changed_.notify_all();
}

bool ReadPool::pause(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    paused_ = true;
    return changed_.wait_for(lock, patience, [this] { return out_ == 0; });
}

void ReadPool::resume() {
    const std::lock_guard lock(mutex_);
    paused_ = false;
    changed_.notify_all();
}

}  // namespace callboard
