#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "journal/sqlite.hpp"

namespace callboard {

/// Read-only connections to the journal, opened when first needed, handed to one thread each.
class ReadPool {
  public:
    struct Reader {
        bool suspect =
            false;  ///< it read what seems damaged: it is not used again, and what it keeps is forgotten
        sqlite::Connection connection;
        sqlite::Statement batch_at;     ///< head and body of the batch ?1
        sqlite::Statement batch_after;  ///< key of the first batch behind ?1
        sqlite::Statement batch_with;   ///< first, count and newest of the batch that begins at or before ?1
    };

    /// A reader with one snapshot of the file. Goes back to the pool at the end.
    class Lease {
      public:
        Lease(ReadPool& pool, std::unique_ptr<Reader> reader) : pool_(&pool), reader_(std::move(reader)) {}
        Lease(Lease&&) = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (reader_) pool_->give_back(std::move(reader_));
        }
        Reader& operator*() const { return *reader_; }
        Reader* operator->() const { return reader_.get(); }

      private:
        ReadPool* pool_;
        std::unique_ptr<Reader> reader_;
    };

    ReadPool(std::string file, std::size_t most) : file_(std::move(file)), most_(most) {}

    /// Waits for a reader, at most kPatience: then Error::unavailable.
    Result<Lease> take();

    /// Lets no reader in until resume(), and waits for those inside, at most `patience`. False: some are
    /// still inside. Readers may go on in either case only after resume().
    bool pause(std::chrono::milliseconds patience);
    void resume();

    static constexpr std::chrono::seconds kPatience{5};

  private:
    Result<std::unique_ptr<Reader>> open() const;
    void give_back(std::unique_ptr<Reader> reader);

    std::string file_;
    std::size_t most_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::unique_ptr<Reader>> idle_;
    std::size_t out_ = 0;
    bool paused_ = false;
};

}  // namespace callboard
