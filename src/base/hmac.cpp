// OpenSSL 3 prefers EVP_MAC, which looks up, allocates and copies for each message: ten times the work of the
// two blocks that a cursor needs. These calls are deprecated, not going: they are the library's own inner
// ones.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/hmac.hpp"

#include <openssl/sha.h>

#include <algorithm>

namespace callboard {
namespace {

constexpr std::size_t kBlock = 64;
using Block = std::array<unsigned char, kBlock>;

/// RFC 2104 §2: a key longer than a block is hashed first.
Block block_of(const Secret& key) {
    const std::string& bytes = key.reveal();
    Block block{};
    if (bytes.size() > kBlock)
        SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), block.data());
    else
        std::copy(bytes.begin(), bytes.end(), block.begin());
    return block;
}

SHA256_CTX state_behind(Block block, unsigned char pad) {
    for (auto& byte : block) byte = static_cast<unsigned char>(byte ^ pad);
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, block.data(), block.size());
    return state;
}

}  // namespace

struct HmacSha256::States {
    SHA256_CTX inner, outer;
};

HmacSha256::HmacSha256(const Secret& key)
    : states_(std::make_shared<const States>(
          States{state_behind(block_of(key), 0x36), state_behind(block_of(key), 0x5C)})) {}

HmacSha256::Code HmacSha256::operator()(std::string_view message) const {
    Code code{};
    SHA256_CTX state = states_->inner;
    SHA256_Update(&state, message.data(), message.size());
    SHA256_Final(code.data(), &state);
    state = states_->outer;
    SHA256_Update(&state, code.data(), code.size());
    SHA256_Final(code.data(), &state);
    return code;
}

}  // namespace callboard
