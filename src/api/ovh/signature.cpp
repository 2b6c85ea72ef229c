#include "api/ovh/signature.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace callboard::ovh_rest {
namespace {

constexpr std::array<std::string_view, 2> kBases = {"/1.0", "/v1"};
constexpr std::size_t kLongestHost = 255;  // of DNS, and what keeps the work of one call small

std::string sha1_hex(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr) != 1) return {};
    std::string hex;
    for (unsigned i = 0; i < length; ++i) fmt::format_to(std::back_inserter(hex), "{:02x}", digest[i]);
    return hex;
}

void add(std::vector<std::string>& all, std::string_view one) {
    if (std::find(all.begin(), all.end(), one) == all.end()) all.emplace_back(one);
}

/// `calls.example:8443` → `calls.example`, `[::1]:80` → `[::1]`.
std::string_view without_port(std::string_view authority) {
    const std::size_t colon = authority.rfind(':');
    if (colon == std::string_view::npos || authority.find(']', colon) != std::string_view::npos)
        return authority;
    return authority.substr(0, colon);
}

struct PublicUrl {
    std::string_view authority, path;
};
PublicUrl parts_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    const std::string_view rest = url.substr(scheme + 3);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    return {rest.substr(0, slash), rest.substr(slash)};
}

/// Host and port, and nothing of a path: a stranger who moves the border between `Host` and path must not
/// make one URL mean two calls.
bool is_authority(std::string_view text) {
    return !text.empty() && text.size() <= kLongestHost && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("-._:[]").find(c) != std::string_view::npos;
    });
}

/// A host with the ports that a client may have written beside it.
void add_authorities(std::vector<std::string>& all, std::string_view authority) {
    if (!is_authority(authority)) return;
    const std::string_view host = without_port(authority);
    add(all, authority);
    add(all, host);
    // A default port that is written is signed, and not sent.
    if (host == authority)
        for (const std::string_view port : {":443", ":80"}) add(all, std::string(host).append(port));
}

}  // namespace

std::string_view without_base(std::string_view path) {
    for (const std::string_view base : kBases) {
        if (!path.starts_with(base)) continue;
        const std::string_view rest = path.substr(base.size());
        if (rest.empty()) return "/";
        if (rest.front() == '/') return rest;
    }
    return path;
}

std::string signature(const Secret& application_secret, const Secret& consumer_key, const SignedCall& call,
                      std::string_view url) {
    std::string text = application_secret.reveal();
    for (const std::string_view part :
         {std::string_view(consumer_key.reveal()), call.method, url, call.body, call.timestamp})
        text.append("+").append(part);
    return "$1$" + sha1_hex(text);
}

std::vector<std::string> urls_of(const SignedCall& call, std::string_view public_url) {
    if (!call.target.starts_with('/')) return {};
    const PublicUrl ours = parts_of(public_url);
    std::vector<std::string> authorities;
    add_authorities(authorities, call.host);
    add_authorities(authorities, ours.authority);

    const std::size_t path_end = std::min(call.target.find('?'), call.target.size());
    const std::string_view query = call.target.substr(path_end);
    const std::string_view path = without_base(call.target.substr(0, path_end));
    std::vector<std::string> targets;
    add(targets, call.target);
    for (const std::string_view front : {std::string_view(), ours.path})
        for (const std::string_view base : {kBases[0], kBases[1], std::string_view()})
            add(targets, std::string(front).append(base).append(path).append(query));

    std::vector<std::string> urls;
    for (const std::string& authority : authorities)
        for (const std::string& target : targets)
            for (const std::string_view scheme : {"https://", "http://"})
                urls.push_back(std::string(scheme).append(authority).append(target));
    return urls;
}

bool is_signed(std::string_view given, const Secret& application_secret, const Secret& consumer_key,
               const SignedCall& call, std::string_view public_url) {
    unsigned matches = 0;
    for (const std::string& url : urls_of(call, public_url)) {
        const std::string wanted = signature(application_secret, consumer_key, call, url);
        // Without its digest a signature says nothing.
        if (given.size() == wanted.size() && wanted.size() > 3)
            matches |= CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0 ? 1U : 0U;
    }
    return matches != 0;
}

}  // namespace callboard::ovh_rest
