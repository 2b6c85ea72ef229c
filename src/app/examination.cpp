#include "app/examination.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <ctime>
#include <memory>
#include <system_error>
#include <utility>

#include "journal/look.hpp"
#include "net/socket.hpp"

namespace callboard {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::uint64_t kMegabyte = 1'000'000;
constexpr std::uint64_t kLeastSpace = 100 * kMegabyte;
constexpr std::uint64_t kGoodSpace = 1'000 * kMegabyte;
constexpr std::uint64_t kNewestBatches = 1'000;
constexpr Duration kLookPatience = seconds(10);
constexpr Duration kClockDoubt = std::chrono::milliseconds(500);
constexpr Duration kClockBehind = seconds(60);
constexpr Duration kRenewBefore = hours(24 * 14);

long days(Duration duration) { return std::chrono::duration_cast<hours>(duration).count() / 24; }

std::optional<Time> time_of(const ASN1_TIME* text) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(text, &parts) != 1) return std::nullopt;
    return Time(seconds(::timegm(&parts)));
}

Findings examine_journal(const DataDir& data, const Clock& clock) {
    const std::string about = "journal";
    std::error_code failed;
    if (!fs::exists(data.journal(), failed)) return {good(about, "is made at the first start")};
    const auto look = look_at_journal(data.journal(), kNewestBatches, kLookPatience, clock);
    if (!look) return {problem(about, look.error().what, "run this as root or as callboard's user")};
    if (!look->broken.empty())
        return {problem(about, data.journal().string() + " is damaged: " + look->broken,
                        "check the disk, stop callboard and restore a backup")};
    if (look->damaged > 0)
        return {warning(about,
                        fmt::format("{} of the {} newest batches are damaged; readers pass over them",
                                    look->damaged, look->batches),
                        "check the disk, and restore a backup if these events matter")};
    return {good(about, fmt::format("{}, events up to number {}",
                                    look->looked_through ? "is sound" : "is sound as far as was seen in 10 s",
                                    look->last))};
}

}  // namespace

Finding judge_space(const fs::path& folder, DiskSpace space) {
    const auto about = "disk of " + folder.string();
    const auto what =
        fmt::format("{} MB of {} MB are free", space.available / kMegabyte, space.capacity / kMegabyte);
    const char* advice = "free space there, or keep events for a shorter time (journal.retention)";
    if (space.available < kLeastSpace) return problem(about, what, advice);
    if (space.available < kGoodSpace || space.available < space.capacity / 20)
        return warning(about, what, advice);
    return good(about, what);
}

Finding judge_clock(ClockFacts facts, Time now, std::optional<Time> newest) {
    const char* advice = "run an NTP client (systemd-timesyncd, chrony)";
    if (newest && *newest - now > kClockBehind)
        return problem("clock",
                       fmt::format("is {} s behind the newest event of the journal",
                                   std::chrono::duration_cast<seconds>(*newest - now).count()),
                       std::string("set it right, and ") + advice);
    if (!facts.synchronised)
        return warning("clock", "nobody keeps it right, as far as the kernel knows", advice);
    if (facts.error > kClockDoubt)
        return warning("clock", fmt::format("may be off by {} ms", facts.error.count() / 1'000),
                       "look at the state of the NTP client (timedatectl)");
    return good("clock", fmt::format("is synchronised, to {} ms at worst", facts.error.count() / 1'000));
}

Finding judge_certificate(const fs::path& file, CertificateDates dates, Time now) {
    const auto about = "certificate " + file.string();
    if (now < dates.begins)
        return problem(about,
                       fmt::format("is not valid before {} days from now", days(dates.begins - now) + 1),
                       "check the clock, or take another certificate");
    if (now >= dates.ends)
        return problem(about, fmt::format("has expired {} days ago", days(now - dates.ends)),
                       "renew it and reload callboard");
    const auto what = fmt::format("is valid for {} days", days(dates.ends - now));
    if (dates.ends - now < kRenewBefore) return warning(about, what, "renew it and reload callboard");
    return good(about, what);
}

Result<CertificateDates> certificate_dates(const fs::path& file) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_file(file.c_str(), "r"), BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr, X509_free);
    if (!certificate) return Error{Error::Kind::invalid, file.string() + " has no certificate in PEM form"};
    const auto begins = time_of(X509_get0_notBefore(certificate.get()));
    const auto ends = time_of(X509_get0_notAfter(certificate.get()));
    if (!begins || !ends) return Error{Error::Kind::invalid, file.string() + " has dates that are none"};
    return CertificateDates{*begins, *ends};
}

bool is_running(const DataDir& data) {
    const Descriptor lock(::open((data.journal().string() + ".lock").c_str(), O_RDONLY | O_CLOEXEC));
    return lock && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0;
}

Findings examine_data_dir(const DataDir& data, bool running, const Clock& clock) {
    const auto about = "data_dir " + data.path.string();
    struct stat status {};
    if (::stat(data.path.c_str(), &status) != 0) {
        if (errno == ENOENT) return {good(about, "is made at the first start")};
        return {problem(about, "cannot be looked at: " + system_error(errno),
                        "run this as root or as callboard's user")};
    }
    Findings findings;
    if (!S_ISDIR(status.st_mode))
        return {problem(about, "is no directory", "name a directory that callboard's user may write to")};
    if ((status.st_mode & 0077U) != 0)
        findings.push_back(warning(about,
                                   fmt::format("is open to others (mode {:04o})", status.st_mode & 07777U),
                                   "chmod 0700 it: it has the key of all tokens"));
    else if (::access(data.path.c_str(), R_OK | W_OK | X_OK) != 0)
        return {problem(about, "this user may not write there",
                        "run this as root or as callboard's user, or give the directory to that user")};
    else
        findings.push_back(
            good(about, running ? "is used by a running callboard" : "is ready; nobody uses it"));
    std::error_code failed;
    const auto space = fs::space(data.path, failed);
    if (!failed) findings.push_back(judge_space(data.path, {space.available, space.capacity}));
    const auto journal = examine_journal(data, clock);
    findings.insert(findings.end(), journal.begin(), journal.end());
    return findings;
}

Finding examine_clock(const DataDir& data, const Clock& clock) {
    timex kernel{};
    ClockFacts facts;
    facts.synchronised = ::adjtimex(&kernel) != TIME_ERROR && (kernel.status & STA_UNSYNC) == 0;
    facts.error = std::chrono::microseconds(kernel.maxerror);
    std::optional<Time> newest;
    if (const auto look = look_at_journal(data.journal(), 1, Duration::zero(), clock); look && look->last > 0)
        newest = look->newest;
    return judge_clock(facts, clock.now(), newest);
}

Findings examine(const Config& config, const Clock& clock) {
    const DataDir data{config.data_dir};
    const bool running = is_running(data);
    Findings all = examine_data_dir(data, running, clock);
    const auto add = [&all](Findings more) {
        all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    };
    add({examine_clock(data, clock)});
    if (!config.http.tls_certificate.empty()) {
        const auto dates = certificate_dates(config.http.tls_certificate);
        add({dates ? judge_certificate(config.http.tls_certificate, *dates, clock.now())
                   : problem("certificate", dates.error().what, "name one in http.tls_certificate")});
    }
    add(examine_ports(config, running));
    add(examine_history(config));
    add(examine_exchanges(config, clock));
    if (running) add(examine_readiness(config));
    return all;
}

}  // namespace callboard
