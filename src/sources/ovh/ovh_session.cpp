#include "sources/ovh/ovh_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"

namespace callboard {
namespace {

using Heard = OvhSession::Heard;

Heard heard(Heard::Kind kind, std::string why = {}) {
    Heard made;
    made.kind = kind;
    made.why = std::move(why);
    return made;
}

bool is_success(int status) { return status >= 200 && status < 300; }

}  // namespace

OvhSession::OvhSession(Version version, Secret token, std::string place)
    : version_(version), token_(std::move(token)), session_(std::move(place)) {
    if (version_ == Version::v2 && session_.empty()) doing_ = Doing::creating;
    subscribed_ = doing_ == Doing::polling;
    next_session_ = session_;
}

OvhSession::Question OvhSession::question() const {
    const std::string token = percent_encoded(token_.reveal());
    if (version_ == Version::v1)
        return {"GET", "/?token=" + token + (session_.empty() ? "" : "&session=" + percent_encoded(session_)),
                true};
    switch (doing_) {
        case Doing::creating:
            return {"POST", "/v2/session", false};
        case Doing::subscribing:
            return {"POST", "/v2/session/" + session_ + "/subscribe/" + token, false};
        case Doing::polling:
            break;
    }
    return {"GET", "/v2/session/" + session_ + "/events/poll", true};
}

Heard OvhSession::hear(int status, std::string_view body, std::string_view gap, const Directory& directory,
                       Time now) {
    if (!is_success(status)) return hear_refusal(status, body);
    if (doing_ == Doing::polling) return hear_poll(body, gap, directory, now);
    if (doing_ == Doing::subscribing) {
        doing_ = Doing::polling;
        subscribed_ = true;
        return heard(Heard::Kind::going_on);
    }
    auto id = parse_ovh_session(body);
    if (!id) return heard(Heard::Kind::trouble, id.error().what);
    session_ = next_session_ = *std::move(id);
    doing_ = Doing::subscribing;
    return heard(Heard::Kind::going_on);
}

Heard OvhSession::hear_poll(std::string_view body, std::string_view gap, const Directory& directory,
                            Time now) {
    auto answer =
        version_ == Version::v1 ? parse_ovh_v1(body, directory, now) : parse_ovh_v2(body, directory, now);
    if (!answer) return heard(Heard::Kind::trouble, answer.error().what);
    Heard told = heard(Heard::Kind::told);
    told.answer = *std::move(answer);
    if (version_ == Version::v1) {
        next_session_ = told.answer.session;
        const std::string& message = told.answer.message;
        if (message.find("gone") != std::string::npos)
            told.gap = message;
        else if (message != kOvhTimeout)
            told.why = message;
    } else {
        told.gap = gap;
    }
    return told;
}

Heard OvhSession::hear_refusal(int status, std::string_view body) {
    const std::string said = fmt::format("{} ({})", status, ovh_reason(body));
    if (status == 401 || status == 403) {
        // A session of version 2 may have lost the token: it has to be subscribed again.
        if (version_ == Version::v2 && doing_ == Doing::polling) doing_ = Doing::subscribing;
        return heard(Heard::Kind::refused,
                     "the service refuses the token, answering " + said +
                         ": it was revoked or has expired; put a new one into the configuration");
    }
    if (version_ == Version::v2 && status == 404 && doing_ != Doing::creating) {
        const bool was_read = std::exchange(subscribed_, false);
        doing_ = Doing::creating;
        session_.clear();
        next_session_.clear();
        return heard(was_read ? Heard::Kind::lost : Heard::Kind::trouble,
                     "the service does not know the session any more, answering " + said);
    }
    return heard(Heard::Kind::trouble, "the service answered " + said);
}

void OvhSession::kept() { session_ = next_session_; }

std::string OvhSession::place() const {
    return version_ == Version::v1 || subscribed_ ? session_ : std::string();
}

}  // namespace callboard
