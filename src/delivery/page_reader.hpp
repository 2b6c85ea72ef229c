#pragma once

#include <functional>
#include <thread>
#include <vector>

#include "base/work_queue.hpp"
#include "delivery/access.hpp"
#include "hub/hub.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// Reads what is too old for memory on a thread of its own, so that no client waits for another's disk.
class PageReader {
  public:
    struct Job {
        Sequence after = 0;
        Grant grant;
        std::size_t most = 1000;       ///< events that match
        bool natives = true;           ///< with those that version 1 and 2 do not tell
        std::vector<Grant> also = {};  ///< further grants: an event is found when any of them covers it

        bool wants(const Record& record) const;
    };
    struct Found {
        std::vector<Announced> events;  ///< that the grant covers
        Sequence next = 0;              ///< everything up to here was looked at
        bool failed = false;            ///< the journal could not be read; try again later
    };

    /// `hub`, and every reactor that jobs name, must outlive the reader.
    explicit PageReader(const Hub& hub);
    /// Ends the thread; jobs that have not begun are dropped.
    ~PageReader();
    PageReader(const PageReader&) = delete;
    PageReader& operator=(const PageReader&) = delete;

    /// Calls `done` on `reactor` with what was found. False: too many jobs wait. Any thread.
    bool read(Job job, Reactor& reactor, std::function<void(Found)> done);

    static constexpr std::size_t kMostJobs = 10'000;

  private:
    struct Waiting {
        Job job;
        Reactor* reactor;
        std::function<void(Found)> done;
    };
    void run();

    const Hub& hub_;
    WorkQueue<Waiting> jobs_{kMostJobs};
    std::thread thread_;
};

/// Reads on from `after`: what `grant` covers, at most `most`, and not more than `most_read` of all. For
/// events in memory.
PageReader::Found read_covered(const Hub& hub, const PageReader::Job& job, std::size_t most_read);

}  // namespace callboard
