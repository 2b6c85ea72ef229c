#pragma once

#include <strings.h>

#include "common.hpp"

namespace bench {

/// One HTTP/1.1 answer, in the bytes that it came in.
struct Reply {
    int status = 0;
    sv head, body;
    std::size_t length = 0;  // 0: incomplete
};

/// The value of a header; empty when there is none.
inline sv header(sv head, sv name) {
    for (std::size_t at = head.find("\r\n"); at != sv::npos; at = head.find("\r\n", at)) {
        at += 2;
        if (head.size() - at > name.size() && head[at + name.size()] == ':' &&
            strncasecmp(head.data() + at, name.data(), name.size()) == 0) {
            sv v = head.substr(at + name.size() + 1);
            v = v.substr(0, v.find("\r\n"));
            while (!v.empty() && v.front() == ' ') v.remove_prefix(1);
            return v;
        }
    }
    return {};
}

/// Reads one whole HTTP/1.1 response at the front of `in`.
inline Reply parse_reply(sv in) {
    static std::string dechunked;
    Reply r;
    std::size_t end = in.find("\r\n\r\n");
    if (end == sv::npos || in.size() < 12) return r;
    r.status = std::atoi(in.data() + 9);
    r.head = in.substr(0, end + 2);
    std::size_t at = end + 4;
    if (sv len = header(r.head, "content-length"); !len.empty()) {
        std::size_t n = std::strtoull(len.data(), nullptr, 10);
        if (in.size() - at < n) return r;
        r.body = in.substr(at, n);
        r.length = at + n;
    } else if (!header(r.head, "transfer-encoding").empty()) {
        for (dechunked.clear();;) {
            std::size_t eol = in.find("\r\n", at);
            if (eol == sv::npos) return r;
            std::size_t n = std::strtoull(in.data() + at, nullptr, 16);
            if (in.size() < eol + 2 + n + 2) return r;
            dechunked.append(in.substr(eol + 2, n));
            at = eol + 2 + n + 2;
            if (n == 0) break;
        }
        r.body = dechunked;
        r.length = at;
    } else {
        r.length = at;  // 204, 304 and the like
    }
    return r;
}

/// The body of the answer to a POST without one, on a connection of its own that blocks.
inline std::string http_post(int fd, const std::string& host, const std::string& path) {
    const std::string request =
        "POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\n\r\n";
    if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) die("send: %s", std::strerror(errno));
    std::string in;
    for (char some[4096];;) {
        const ssize_t n = recv(fd, some, sizeof some, 0);
        if (n <= 0) die("no answer to POST %s", path.c_str());
        const Reply reply = parse_reply(in.append(some, std::size_t(n)));
        if (!reply.length) continue;
        if (reply.status < 200 || reply.status > 299)
            die("POST %s was answered: %.300s", path.c_str(), in.c_str());
        return std::string(reply.body);
    }
}

}  // namespace bench
