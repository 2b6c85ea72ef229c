#include "history/desk.hpp"

#include <utility>

namespace callboard {

HistoryDesk::HistoryDesk(HistoryStore& store, unsigned threads) : store_(store) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

HistoryDesk::~HistoryDesk() { stop(); }

void HistoryDesk::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
    waiting_.clear();
}

bool HistoryDesk::submit(Work work) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || waiting_.size() >= kMostWaiting) return false;
        waiting_.push_back(std::move(work));
    }
    work_.notify_one();
    return true;
}

void HistoryDesk::run() {
    std::unique_ptr<HistoryReader> reader;
    std::unique_lock lock(mutex_);
    while (true) {
        work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        const auto work = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        if (!reader) {
            auto opened = store_.reader();
            if (opened)
                reader = *std::move(opened);
            else
                work(opened.error());
        }
        if (reader) work(reader.get());
        lock.lock();
    }
}

}  // namespace callboard
