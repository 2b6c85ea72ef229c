#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.hpp"

namespace callboard::test {

/// What a journal was ever seen to hold, by number.
class Ledger {
  public:
    struct Entry {
        std::int64_t timestamp = 0;
        bool native = false;
        std::string name, ressource;
        std::string id;  ///< of the call, or of the caller in the queue
        friend bool operator==(const Entry&, const Entry&) = default;

        /// As a Poster notes what it posts.
        std::string text() const { return name + " " + id; }
    };

    /// Reads what is new, and some of what it has seen before, beside a server that may be running. Complains
    /// when a number is missing or has become something else.
    void read_on(const std::filesystem::path& journal);
    /// The same from the first number on.
    void read_all(const std::filesystem::path& journal);

    Sequence last() const { return entries_.size(); }
    const Entry& at(Sequence sequence) const { return entries_.at(sequence - 1); }
    const std::vector<Entry>& entries() const { return entries_; }
    const std::vector<std::string>& complaints() const { return complaints_; }

  private:
    void read_from(const std::filesystem::path& journal, Sequence from);
    void note(const Record& record);
    void complain(std::string what);

    std::vector<Entry> entries_;
    std::vector<std::string> complaints_;
};

/// What a snapshot counts, counted again in the simplest way, event by event.
class Counts {
  public:
    void apply(const Ledger::Entry& entry);

    /// Calls in progress of a line.
    std::size_t calls(const std::string& line) const;
    std::uint64_t offered = 0, answered = 0, lost = 0;  ///< of the queue
    std::size_t waiting() const { return waiting_.size(); }

  private:
    std::map<std::string, std::map<std::string, bool>> ringing_;  // by line and call: whether it rings
    std::set<std::string> waiting_;
};

}  // namespace callboard::test
