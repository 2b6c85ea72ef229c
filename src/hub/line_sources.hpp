#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "event/directory.hpp"

namespace callboard {

/// Which sources have told of each line since the start. Any thread.
class LineSources {
  public:
    /// `source` told of `line` just now.
    void told(std::string_view line, std::string_view source) {
        const std::lock_guard lock(mutex_);
        auto& those = lines_[std::string(line)];
        if (!those.empty() && those.back() == source) return;
        std::erase(those, source);
        those.emplace_back(source);
    }
    /// Of the line, the one that told of it last at the end; empty when none has.
    std::vector<std::string> of(std::string_view line) const {
        const std::lock_guard lock(mutex_);
        const auto found = lines_.find(line);
        return found == lines_.end() ? std::vector<std::string>() : found->second;
    }

  private:
    mutable std::mutex mutex_;
    StringMap<std::vector<std::string>> lines_;  // bounded by the directory's lines and the sources
};

}  // namespace callboard
