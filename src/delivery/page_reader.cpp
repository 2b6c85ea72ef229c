#include "delivery/page_reader.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace callboard {
namespace {

constexpr std::size_t kPage = 1'000;
/// Events that one job reads before others have their turn.
constexpr std::size_t kMostReadAtOnce = 20'000;

}  // namespace

bool PageReader::Job::wants(const Record& record) const {
    if (record.native && !natives) return false;
    return grant.covers(record) ||
           std::any_of(also.begin(), also.end(), [&record](const Grant& one) { return one.covers(record); });
}

PageReader::Found read_covered(const Hub& hub, const PageReader::Job& job, std::size_t most_read) {
    PageReader::Found found;
    found.next = job.after;
    for (std::size_t read = 0; read < most_read && found.next < hub.last();) {
        auto page = hub.read(found.next, kPage);
        if (!page) {
            found.failed = true;
            return found;
        }
        if (page->next == found.next) return found;
        for (const auto& event : page->events) {
            found.next = event->record.sequence;
            if (!job.wants(event->record)) continue;
            found.events.push_back(event);
            if (found.events.size() == job.most) return found;
        }
        found.next = page->next;
        read += std::max<std::size_t>(1, page->events.size());
    }
    return found;
}

PageReader::PageReader(const Hub& hub) : hub_(hub), thread_([this] { run(); }) {}

PageReader::~PageReader() {
    jobs_.stop();
    thread_.join();
}

bool PageReader::read(Job job, Reactor& reactor, std::function<void(Found)> done) {
    return jobs_.push({std::move(job), &reactor, std::move(done)});
}

void PageReader::run() {
    while (auto waiting = jobs_.next()) {
        auto found = std::make_shared<Found>(read_covered(hub_, waiting->job, kMostReadAtOnce));
        waiting->reactor->post([found, done = std::move(waiting->done)] { done(std::move(*found)); });
    }
}

}  // namespace callboard
