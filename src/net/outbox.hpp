#pragma once

#include <cstddef>
#include <vector>

#include "net/stream.hpp"

namespace callboard {

/// What is still to be written to one stream, oldest first. Small when empty: most connections only wait.
class Outbox {
  public:
    void push(SharedBytes bytes) {
        size_ += bytes->size();
        parts_.push_back(std::move(bytes));
    }
    bool empty() const { return size_ == 0; }
    /// Bytes.
    std::size_t size() const { return size_; }

    /// Calls `visit(data, length)` with what comes first, until it returns false or there is no more.
    template <typename Visit>
    void look(Visit visit) const {
        std::size_t skip = written_;
        for (std::size_t i = first_; i < parts_.size(); ++i, skip = 0)
            if (!visit(parts_[i]->data() + skip, parts_[i]->size() - skip)) return;
    }

    /// The first `count` bytes are gone. Precondition: they are there.
    void drop(std::size_t count) {
        size_ -= count;
        if (size_ == 0) return clear();
        for (written_ += count; written_ >= parts_[first_]->size(); ++first_) {
            written_ -= parts_[first_]->size();
            parts_[first_].reset();
        }
        if (first_ < kMostDropped) return;
        parts_.erase(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }
    void clear() {
        if (parts_.capacity() > kKeptCapacity)
            std::vector<SharedBytes>().swap(parts_);
        else
            parts_.clear();
        first_ = written_ = size_ = 0;
    }

  private:
    static constexpr std::size_t kMostDropped = 256;
    static constexpr std::size_t kKeptCapacity = 4;

    std::vector<SharedBytes> parts_;
    std::size_t first_ = 0;    // parts before it are gone
    std::size_t written_ = 0;  // bytes of the first part that are gone
    std::size_t size_ = 0;
};

}  // namespace callboard
