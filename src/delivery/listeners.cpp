#include "delivery/listeners.hpp"

#include <utility>
#include <vector>

namespace callboard {

Listening::Listening(Audit& audit, const Clock& clock, Actor actor, std::string transport, bool masked)
    : audit_(audit),
      clock_(clock),
      actor_(std::move(actor)),
      transport_(std::move(transport)),
      masked_(masked),
      begun_(clock.steady()) {
    audit_.note(actor_, act::ListenBegin{transport_, masked_});
}

Listening::~Listening() {
    const auto asked = asked_.load();
    const auto end = asked == kNever ? clock_.steady() : asked;
    audit_.note(actor_, act::ListenEnd{transport_, masked_, end - begun_, events_.load()});
}

void Listening::asks_again() { asked_ = clock_.steady(); }

std::shared_ptr<Listening> Listeners::connected(std::string_view peer, std::string_view token,
                                                const Grant& grant, std::string_view transport) {
    if (!audit_.is_kept()) return nullptr;
    return std::make_shared<Listening>(audit_, clock_, actor_of(peer, token, grant), std::string(transport),
                                       grant.masked);
}

std::shared_ptr<Listening> Listeners::asked(std::string_view peer, std::string_view token, const Grant& grant,
                                            std::string_view transport, std::string_view name) {
    if (!audit_.is_kept()) return nullptr;
    const std::lock_guard lock(mutex_);
    auto& [listening, heard] = known_[Key(std::string(transport), std::string(token), std::string(name))];
    if (!listening) listening = connected(peer, token, grant, transport);
    listening->asks_again();
    heard = clock_.steady();
    return listening;
}

void Listeners::expire() {
    std::vector<std::shared_ptr<Listening>> gone;  // told of without the lock
    const std::lock_guard lock(mutex_);
    const auto limit = clock_.steady() - kAbsence;
    for (auto at = known_.begin(); at != known_.end();) {
        if (at->second.heard > limit) {
            ++at;
            continue;
        }
        gone.push_back(std::move(at->second.listening));
        at = known_.erase(at);
    }
}

}  // namespace callboard
