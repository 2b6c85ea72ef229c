#include "sources/ovh/ovh_repeats.hpp"

#include <functional>
#include <string>

namespace callboard {
namespace {

/// Two events that differ have the same with a probability of one in 2^64.
std::size_t identity(std::string_view name, std::string_view ressource, std::string_view data,
                     std::string_view more = {}) {
    std::string all;
    all.reserve(name.size() + ressource.size() + data.size() + more.size() + 3);
    for (const std::string_view part : {name, ressource, more, data}) all.append(part).push_back('\0');
    return std::hash<std::string>{}(all);
}

}  // namespace

void OvhRepeats::was_kept(std::string_view name, std::string_view ressource, std::string_view data) {
    if (kept_.size() < kMostKept) ++kept_[identity(name, ressource, data)];
}

bool OvhRepeats::is_repeat(const OvhEvent& told, std::string_view data) {
    // The journal does not have the service's own time, so what it has is known by its content alone, and as
    // often as it is there: counts of a queue may be equal within a second.
    if (!kept_.empty()) {
        const auto found = kept_.find(identity(told.event.name, told.event.ressource, data));
        if (found != kept_.end()) {
            if (--found->second == 0) kept_.erase(found);
            return true;
        }
    }
    const auto now_told =
        identity(told.event.name, told.event.ressource, data, std::to_string(told.timestamp));
    if (!told_.insert(now_told).second) return true;
    order_.push_back(now_told);
    if (order_.size() > kMostRemembered) {
        told_.erase(order_.front());
        order_.pop_front();
    }
    something_new_ = true;
    return false;
}

void OvhRepeats::answered() {
    if (something_new_) kept_.clear();
    something_new_ = false;
}

}  // namespace callboard
