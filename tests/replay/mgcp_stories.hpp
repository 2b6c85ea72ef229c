#pragma once

#include <string>
#include <vector>

// Conversations after RFC 3435 (the flow of §1 and appendix F: one telephone to another through a call
// agent), with the signals of RFC 3660 §2.1 (generic) and §2.2 (line). Alice and Bob are at gw1, Carol at
// gw2.
namespace callboard::mgcp_script {

/// A call from outside rings with its caller's number (RFC 3660 §2.2, ci), and is answered.
inline const std::string kIncomingTalking = R"(
    # CreateConnection (§2.3.5), then the ringing as a NotificationRequest (§2.3.3)
    ca > gw1 CRCX aaln/1 | C: A3C47F21456789F0 | L: p:20, a:PCMU | M: sendrecv | sdp=192.0.2.7:5000 => 200 | I: FDE234C8 | sdp=10.0.1.1:4000
    ca > gw1 RQNT aaln/1 | X: 1 | R: L/hd(N) | S: L/rg, L/ci(05/28/22/26,"+33 6 12 34 56 78","Marie") => 200
    +4s gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd => 200
    ca > gw1 RQNT aaln/1 | X: 2 | R: L/hu(N), L/hf(N) => 200
)";

/// The line hangs up: on-hook is notified (§2.3.4), the call agent deletes the connection (§2.3.7).
inline const std::string kIncomingAnswered = kIncomingTalking + R"(
    +30s gw1 > ca NTFY aaln/1 | X: 2 | O: L/hu => 200
    ca > gw1 DLCX aaln/1 | C: A3C47F21456789F0 | I: FDE234C8 => 250 | P: PS=1245, OS=62345, PR=780, OR=45123, PL=10, JI=27, LA=48
    ca > gw1 RQNT aaln/1 | X: 3 | R: L/hd(N) => 200
)";

/// The far end hangs up: the line hears the reorder tone until it is put down.
inline const std::string kHangUpByFarEnd = kIncomingTalking + R"(
    +30s ca > gw1 DLCX aaln/1 | C: A3C47F21456789F0 | I: FDE234C8 => 250 | P: PS=1245, OS=62345
    ca > gw1 RQNT aaln/1 | X: 3 | R: L/hu(N) | S: L/ro => 200
    +5s gw1 > ca NTFY aaln/1 | X: 3 | O: L/hu => 200
    ca > gw1 RQNT aaln/1 | X: 4 | R: L/hd(N) => 200
)";

/// Nobody lifts: what is not asked for any more stops (§2.3.3).
inline const std::string kIncomingMissed = R"(
    ca > gw1 CRCX aaln/1 | C: A3C47F21456789F1 | M: sendrecv => 200 | I: 12 | sdp=10.0.1.1:4000
    ca > gw1 RQNT aaln/1 | X: 1 | R: L/hd(N) | S: L/rg, L/ci(05/28/22/26,0612345678,) => 200
    +20s ca > gw1 RQNT aaln/1 | X: 2 | R: L/hd(N) => 200
    ca > gw1 DLCX aaln/1 | C: A3C47F21456789F1 => 250
)";

/// The line calls a number outside. Digits are collected by a digit map (§2.1.5, §3.2.2.12).
inline const std::string kOutgoingAnswered = R"(
    ca > gw1 RQNT aaln/1 | X: 1 | R: L/hd(N) => 200
    +2s gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd => 200
    ca > gw1 RQNT aaln/1 | X: 2 | R: L/hu(N), L/hf(N), D/[0-9#*T](D) | D: (0[1-9]xxxxxxxx) | S: L/dl => 200
    +5s gw1 > ca NTFY aaln/1 | X: 2 | O: D/0,D/6,D/1,D/2,D/3,D/4,D/5,D/6,D/7,D/8 => 200
    ca > gw1 CRCX aaln/1 | C: A3C47F21456789F2 | L: p:20, a:PCMU | M: recvonly => 200 | I: 13 | sdp=10.0.1.1:4000
    ca > gw1 RQNT aaln/1 | X: 3 | R: L/hu(N), L/hf(N) | S: G/rt => 200
    +6s ca > gw1 RQNT aaln/1 | X: 4 | R: L/hu(N), L/hf(N) => 200
    ca > gw1 MDCX aaln/1 | C: A3C47F21456789F2 | I: 13 | M: sendrecv | sdp=192.0.2.7:5000 => 200
    +30s gw1 > ca NTFY aaln/1 | X: 4 | O: L/hu => 200
    ca > gw1 DLCX aaln/1 | C: A3C47F21456789F2 | I: 13 => 250
)";

/// The number is busy (RFC 3660 §2.2, bz).
inline const std::string kOutgoingBusy = R"(
    +2s gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd => 200
    ca > gw1 RQNT aaln/1 | X: 2 | R: L/hu(N), D/[0-9#*T](D) | D: (0[1-9]xxxxxxxx) | S: L/dl => 200
    +5s gw1 > ca NTFY aaln/1 | X: 2 | O: D/0,D/6,D/1,D/2,D/3,D/4,D/5,D/6,D/7,D/8 => 200
    ca > gw1 CRCX aaln/1 | C: A3C47F21456789F3 | M: recvonly => 200 | I: 14 | sdp=10.0.1.1:4000
    ca > gw1 RQNT aaln/1 | X: 3 | R: L/hu(N) | S: L/bz => 200
    +4s gw1 > ca NTFY aaln/1 | X: 3 | O: L/hu => 200
    ca > gw1 DLCX aaln/1 | C: A3C47F21456789F3 => 250
)";

/// Alice calls Bob. The requests travel in the commands of the connections (§2.3.5, §2.3.6), the dial tone in
/// the request for off-hook (§2.3.3), so that off-hook and digits come together (appendix F.2).
inline const std::string kInternalTalking = R"(
    ca > gw1 RQNT aaln/1 | X: 1 | R: L/hd(E(S(L/dl), R(L/hu(N), D/[0-9#*T](D)), D(xxxx))) => 200
    +6s gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd,D/1,D/0,D/0,D/2 => 200
    ca > gw1 CRCX aaln/1 | C: A1 | L: p:10, a:PCMU | M: recvonly => 200 | I: 11 | sdp=10.0.1.1:4000
    ca > gw1 CRCX aaln/2 | C: A1 | L: p:10, a:PCMU | M: sendrecv | X: 21 | R: L/hd(N) | S: L/rg | sdp=10.0.1.1:4000 => 200 | I: 22 | sdp=10.0.1.1:4010
    ca > gw1 MDCX aaln/1 | C: A1 | I: 11 | M: recvonly | X: 2 | R: L/hu(N) | S: G/rt | sdp=10.0.1.1:4010 => 200
    +4s gw1 > ca NTFY aaln/2 | X: 21 | O: L/hd => 200
    ca > gw1 RQNT aaln/2 | X: 23 | R: L/hu(N), L/hf(N) => 200
    ca > gw1 MDCX aaln/1 | C: A1 | I: 11 | M: sendrecv | X: 3 | R: L/hu(N), L/hf(N) => 200
)";

inline const std::string kInternalCall = kInternalTalking + R"(
    +20s gw1 > ca NTFY aaln/1 | X: 3 | O: L/hu => 200
    ca > gw1 DLCX aaln/1 | C: A1 | I: 11 => 250 | P: PS=1245, OS=62345
    ca > gw1 DLCX aaln/2 | C: A1 | I: 22 => 250 | P: PS=1240, OS=62005
    +2s gw1 > ca NTFY aaln/2 | X: 23 | O: L/hu => 200
)";

/// Alice flashes the hook, and again; then Bob hangs up. The call agent stops the media of both.
inline const std::string kHoldAndBack = kInternalTalking + R"(
    +5s gw1 > ca NTFY aaln/1 | X: 3 | O: L/hf => 200
    ca > gw1 MDCX aaln/1 | C: A1 | I: 11 | M: inactive => 200
    ca > gw1 MDCX aaln/2 | C: A1 | I: 22 | M: inactive => 200
    ca > gw1 RQNT aaln/1 | X: 4 | R: L/hu(N), L/hf(N), D/[0-9#*T](D) | S: L/sl => 200
    +8s gw1 > ca NTFY aaln/1 | X: 4 | O: L/hf => 200
    ca > gw1 MDCX aaln/1 | C: A1 | I: 11 | M: sendrecv | X: 5 | R: L/hu(N), L/hf(N) => 200
    ca > gw1 MDCX aaln/2 | C: A1 | I: 22 | M: sendrecv => 200
    +8s gw1 > ca NTFY aaln/2 | X: 23 | O: L/hu => 200
    ca > gw1 DLCX aaln/2 | C: A1 | I: 22 => 250
    ca > gw1 DLCX aaln/1 | C: A1 | I: 11 => 250
    +2s gw1 > ca NTFY aaln/1 | X: 5 | O: L/hu => 200
)";

/// A second call announces itself by a tone with its number (RFC 3660 §2.2, wt), and is taken by a flash.
inline const std::string kCallWaiting = kIncomingTalking + R"(
    +5s ca > gw1 CRCX aaln/1 | C: A3C47F21456789F5 | M: inactive | sdp=192.0.2.8:6000 => 200 | I: 15 | sdp=10.0.1.1:4002
    ca > gw1 RQNT aaln/1 | X: 3 | R: L/hu(N), L/hf(N) | S: L/wt, L/ci(05/28/22/27,0698765432,) => 200
    +4s gw1 > ca NTFY aaln/1 | X: 3 | O: L/hf => 200
    ca > gw1 MDCX aaln/1 | C: A3C47F21456789F0 | I: FDE234C8 | M: inactive => 200
    ca > gw1 MDCX aaln/1 | C: A3C47F21456789F5 | I: 15 | M: sendrecv => 200
    +20s gw1 > ca NTFY aaln/1 | X: 3 | O: L/hu => 200
    ca > gw1 DLCX aaln/1 | C: A3C47F21456789F5 | I: 15 => 250
    ca > gw1 DLCX aaln/1 | C: A3C47F21456789F0 | I: FDE234C8 => 250
)";

/// Alice holds Bob, calls Carol, and hangs up: Bob and Carol are left.
inline const std::string kTransferByFlash = kInternalTalking + R"(
    +5s gw1 > ca NTFY aaln/1 | X: 3 | O: L/hf => 200
    ca > gw1 MDCX aaln/1 | C: A1 | I: 11 | M: inactive => 200
    ca > gw1 MDCX aaln/2 | C: A1 | I: 22 | M: inactive => 200
    ca > gw1 RQNT aaln/1 | X: 4 | R: L/hu(N), L/hf(N), D/[0-9#*T](D) | D: (xxxx) | S: L/dl => 200
    +4s gw1 > ca NTFY aaln/1 | X: 4 | O: D/1,D/0,D/0,D/3 => 200
    ca > gw1 CRCX aaln/1 | C: A2 | M: recvonly => 200 | I: 12 | sdp=10.0.1.1:4002
    ca > gw2 CRCX aaln/1 | C: A2 | M: sendrecv | X: 31 | R: L/hd(N) | S: L/rg | sdp=10.0.1.1:4002 => 200 | I: 32 | sdp=10.0.2.1:4000
    ca > gw1 RQNT aaln/1 | X: 5 | R: L/hu(N), L/hf(N) | S: L/rt => 200
    +3s gw2 > ca NTFY aaln/1 | X: 31 | O: L/hd => 200
    ca > gw2 RQNT aaln/1 | X: 32 | R: L/hu(N), L/hf(N) => 200
    ca > gw1 MDCX aaln/1 | C: A2 | I: 12 | M: sendrecv | X: 6 | R: L/hu(N), L/hf(N) | sdp=10.0.2.1:4000 => 200
    +5s gw1 > ca NTFY aaln/1 | X: 6 | O: L/hu => 200
    ca > gw1 DLCX aaln/1 | C: A2 | I: 12 => 250
    ca > gw1 DLCX aaln/1 | C: A1 | I: 11 => 250
    ca > gw1 MDCX aaln/2 | C: A1 | I: 22 | M: sendrecv | sdp=10.0.2.1:4000 => 200
    ca > gw2 MDCX aaln/1 | C: A2 | I: 32 | M: sendrecv | sdp=10.0.1.1:4010 => 200
    +9s gw2 > ca NTFY aaln/1 | X: 32 | O: L/hu => 200
    ca > gw2 DLCX aaln/1 | C: A2 => 250
    ca > gw1 DLCX aaln/2 | C: A1 => 250
    +2s gw1 > ca NTFY aaln/2 | X: 23 | O: L/hu => 200
)";

/// A gateway comes back after a loss of power (§2.3.12, §4.4.5) while another one's telephone rings.
inline const std::string kGatewayRestart = kIncomingTalking + R"(
    ca > gw2 CRCX aaln/1 | C: A4 | M: sendrecv | X: 31 | R: L/hd(N) | S: L/rg => 200 | I: 32
    +5s gw1 > ca RSIP *@gw1.example | RM: restart | RD: 0 => 200
    +5s ca > gw2 RQNT aaln/1 | X: 33 | R: L/hd(N) => 200
    ca > gw2 DLCX aaln/1 | C: A4 => 250
)";

inline std::vector<std::string> stories() {
    return {kIncomingAnswered, kHangUpByFarEnd, kIncomingMissed, kOutgoingAnswered, kOutgoingBusy,
            kInternalCall,     kHoldAndBack,    kCallWaiting,    kTransferByFlash,  kGatewayRestart};
}

}  // namespace callboard::mgcp_script
