#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/sip_message.hpp"

namespace callboard::oracle {

struct Party {
    std::string display, scheme, user, host, port, tag;
};

/// What two parsers should agree on about one message. Text has its folds and runs of blanks as one space,
/// user parts have their escapes resolved.
struct Reading {
    std::string method;  ///< of the start line; empty in a response
    int status = 0;      ///< of a response
    std::string cseq_method;
    unsigned long cseq = 0;
    std::string call_id;
    Party from, to;
    std::string top_branch, top_host, top_port;
    std::size_t vias = 0;
    bool star = false;
    std::vector<Party> contacts;
    std::string expires, reason, privacy;  ///< as written; empty when absent
};

/// What libosip2 reads, an independent parser; nothing when it does not accept the message.
std::optional<Reading> read_by_osip(std::string_view bytes);

/// What the scanner reads; nothing when it does not accept the message.
std::optional<Reading> read_by_scanner(std::string_view bytes);

/// All that was read, one line each, for comparing at a glance.
std::string everything(const Reading& reading);

/// What a call is followed by, one line each: Call-ID, CSeq, methods, tags and the topmost branch.
std::string identity(const Reading& reading);

}  // namespace callboard::oracle
