#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "event/directory.hpp"
#include "sources/ovh/ovh_answer.hpp"

namespace callboard {

/// The conversation with the event service, without I/O: what to ask next, and what an answer means. The same
/// question is asked again until its answer has been dealt with.
///
/// Version 1 (OVH protocol §1): polls with the session of the last answer. Version 2 (§2): makes a session,
/// subscribes the token, polls; a session that the service does not know any more is made anew.
class OvhSession {
  public:
    enum class Version { v1 = 1, v2 = 2 };

    /// `place`: place() of an earlier conversation with the same token, or empty.
    OvhSession(Version version, Secret token, std::string place);

    struct Question {
        std::string method, path;  ///< behind the service's URL, with its query; holds the token
        bool waits = false;        ///< the service answers when there is something to tell
    };
    Question question() const;

    struct Heard {
        enum class Kind {
            told,      ///< `answer`, which may be empty; kept() takes the conversation on
            going_on,  ///< the next question is another
            lost,      ///< the session is gone, and what was told since its last answer; the next one is new
            refused,   ///< the token is good no more
            trouble,   ///< it is not an answer of this protocol, or says that it cannot be given now
        };
        Kind kind = Kind::trouble;
        std::string why;  ///< one sentence; of told: what the service says beside events, mostly nothing
        std::string gap;  ///< of told: what the service says about events that are gone; empty when none are
        OvhAnswer answer;
    };
    /// `gap`: what the header `X-Callboard-Gap` says.
    Heard hear(int status, std::string_view body, std::string_view gap, const Directory& directory, Time now);
    /// What was told last is in the journal.
    void kept();

    /// What a later conversation begins with, so that nothing that was kept is told again and nothing is left
    /// out: version 1: the session; version 2: the session's id, once the token is subscribed.
    std::string place() const;

  private:
    enum class Doing { polling, creating, subscribing };

    Heard hear_poll(std::string_view body, std::string_view gap, const Directory& directory, Time now);
    Heard hear_refusal(int status, std::string_view body);

    const Version version_;
    const Secret token_;
    Doing doing_ = Doing::polling;
    std::string session_;
    std::string next_session_;  // once what came with it is kept
    bool subscribed_ = false;   // version 2: the session has, or had, the token
};

}  // namespace callboard
