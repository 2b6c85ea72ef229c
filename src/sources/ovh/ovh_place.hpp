#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "event/event.hpp"

namespace callboard {

/// How far a source has come with the service, as it is kept over a restart.
struct OvhPlace {
    std::string session;  ///< what the next poll begins with; everything before it is in the journal
    Sequence after = 0;   ///< events that the service may tell again are in the journal behind this
    friend bool operator==(const OvhPlace&, const OvhPlace&) = default;
};

/// The file of a place. It is replaced as a whole, so that a crash at any moment leaves the old or the new
/// one. One thread.
class OvhPlaceFile {
  public:
    /// `conversation`: whose place it is (service, version and token), of which the file holds a digest
    /// alone. The place of another conversation is none of ours.
    OvhPlaceFile(std::filesystem::path file, const Secret& conversation);

    /// An empty place when there is no file, or it is that of another conversation, or unreadable.
    OvhPlace load() const;
    /// Error `unavailable`: what is wrong with the disk; the old place is still there.
    Result<void> save(const OvhPlace& place) const;

  private:
    const std::filesystem::path file_;
    std::string digest_;
};

}  // namespace callboard
