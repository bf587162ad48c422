// What the console says, in both languages.

const WORDS = {
  "skip": ["본문으로 건너뛰기", "Skip to the content"],
  "nav": ["주요 메뉴", "Main"],
  "nav.new": ["새 광고", "New ad"],
  "nav.projects": ["내 광고", "My ads"],
  "nav.account": ["내 계정", "My account"],
  "language.other": ["English", "한국어"],
  "log-out": ["로그아웃", "Log out"],
  "foot.local": ["이 화면은 내 Castad하고만 통신합니다.", "This page talks to your own Castad and to nobody else."],
  "foot.api": ["API 문서", "API"],
  "foot.errors": ["오류 안내", "Errors"],
  "close": ["닫기", "Close"],
  "loading": ["불러오는 중…", "Loading…"],
  "back": ["내 광고로", "All my ads"],

  "login.title": ["링크를 열어 시작하세요", "Open your link to begin"],
  "login.lead": [
    "Castad를 실행하면 터미널에 로그인 링크가 나옵니다. 그 링크를 이 브라우저에서 열면 바로 시작할 수 있어요.",
    "When Castad starts, it prints a log-in link in the terminal. Open that link in this browser and you are in.",
  ],
  "login.or": ["키가 있다면 여기에 붙여 넣어도 됩니다.", "If you have a key, you can paste it here instead."],
  "login.key": ["키", "Key"],
  "login.go": ["로그인", "Log in"],
  "login.limited": [
    "용도나 기간이 정해진 키로는 로그인할 수 없습니다. 링크나 제한이 없는 키를 쓰세요.",
    "A key that expires or is for some things only does not log in. Use the link, or a key without limits.",
  ],
  "login.bad": [
    "이 키로는 들어갈 수 없어요. 링크와 키는 프로그램을 다시 시작하면 바뀔 수 있습니다.",
    "This key does not open anything. The printed link changes each time the program starts.",
  ],

  "session.title": ["이메일로 로그인", "Log in with your email"],
  "session.password": ["비밀번호", "Password"],
  "join.title": ["처음이신가요? 가입하기", "New here? Join"],
  "join.go": ["가입하고 로그인", "Join and log in"],
  "join.password.hint": ["8자에서 100자까지.", "8 to 100 characters."],

  "account": ["내 계정", "My account"],
  "profile": ["내 정보", "About me"],
  "profile.name": ["이름", "Name"],
  "profile.email": ["이메일", "Email"],
  "profile.role": ["권한", "Role"],
  "profile.language": ["알림 언어", "Language of messages"],
  "profile.id": ["회원 번호", "Member id"],
  "profile.joined": ["가입", "Joined"],
  "notify": ["메일로 받을 소식", "Told by mail"],
  "notify.finished": ["영상이 완성되었을 때", "A video is finished"],
  "notify.failed": ["만들지 못했을 때", "Something could not be made"],
  "notify.expiring": ["포인트의 사용 기한이 다가올 때", "Points are about to expire"],
  "profile.saved": ["저장했습니다.", "Saved."],
  "role.member": ["회원", "Member"],
  "role.admin": ["관리자", "Admin"],

  "webhooks": ["웹훅", "Webhooks"],
  "webhooks.lead": ["내 일이 생길 때마다 서명한 요청을 이 주소로 보냅니다.", "Each of your events is sent to these addresses, signed."],
  "webhooks.none": ["웹훅이 없습니다.", "No webhooks."],
  "webhook.url": ["주소", "Address"],
  "webhook.events": ["이벤트", "Events"],
  "webhook.events.hint": ["쉼표로 나누어 적습니다. 비워 두면 모두 보냅니다.", "Parted by commas. All of them where it is left empty."],
  "webhook.description": ["메모", "Note"],
  "webhook.add": ["웹훅 추가", "Add a webhook"],
  "webhook.made": ["웹훅을 만들었습니다.", "The webhook was made."],
  "webhook.secret": ["서명을 확인할 비밀 키입니다. 지금 한 번만 보여 드리니 적어 두세요.", "This secret proves what comes from here. It is shown this once: keep it."],
  "webhook.delivering": ["전송 중", "On"],
  "webhook.retrying": ["다시 시도", "Trying again"],
  "webhook.disabled": ["꺼짐", "Off"],
  "webhook.disabled.exhausted": ["사흘 동안 전송하지 못해 껐습니다.", "Switched off: nothing was taken for three days."],
  "webhook.disabled.gone": ["받는 쪽이 더는 없다고 해서 껐습니다.", "Switched off: the other side said that it is gone."],
  "webhook.disabled.owner": ["직접 껐습니다.", "You switched it off."],
  "webhook.told": ["모두 보냈습니다.", "Everything was sent."],
  "webhook.waiting": ["{n}건 대기", "{n} waiting"],
  "webhook.next": ["{n}번 실패, {day} 다시 시도", "failed {n} times, again {day}"],
  "webhook.test": ["시험 전송", "Test"],
  "webhook.on": ["켜기", "Switch on"],
  "webhook.off": ["끄기", "Switch off"],
  "webhook.is.on": ["웹훅을 켰습니다. 보내지 않은 것부터 이어집니다.", "It is on, and goes on where it was."],
  "webhook.is.off": ["웹훅을 껐습니다.", "It is off."],
  "webhook.rotate": ["비밀 키 바꾸기", "New secret"],
  "webhook.rotate.text": ["24시간 동안은 새 키와 지금 키로 함께 서명합니다.", "For 24 hours both the new secret and the one of now sign."],
  "webhook.delete": ["삭제", "Delete"],
  "webhook.delete.text": ["{url}(으)로 더는 보내지 않습니다.", "Nothing more is sent to {url}."],
  "webhook.keep": ["그대로 두기", "Leave it"],
  "webhook.gone": ["웹훅을 삭제했습니다.", "The webhook was deleted."],
  "webhook.deliveries": ["전송 기록", "Deliveries"],
  "webhook.deliveries.close": ["기록 닫기", "Close deliveries"],
  "webhook.deliveries.none": ["최근 7일 동안 보낸 것이 없습니다.", "Nothing was sent in the last seven days."],
  "webhook.delivered": ["전송됨 ({status})", "Delivered ({status})"],
  "webhook.refused": ["받지 않음 ({status})", "Not taken ({status})"],
  "webhook.attempt": ["{n}번째 시도", "attempt {n}"],
  "webhook.took": ["{ms}ms", "{ms} ms"],
  "webhook.error.address_not_allowed": ["보낼 수 없는 주소", "The address is not allowed"],
  "webhook.error.name_not_found": ["주소를 찾을 수 없음", "The name was not found"],
  "webhook.error.connection_failed": ["연결되지 않음", "No connection"],
  "webhook.error.tls_failed": ["보안 연결 실패", "No safe connection"],
  "webhook.error.timeout": ["시간 초과", "No answer in time"],
  "webhook.error.connection_lost": ["연결이 끊김", "The connection was lost"],

  "keys": ["키", "Keys"],
  "keys.lead": ["프로그램이 API를 쓸 때 보내는 키입니다.", "What programs send to use the API."],
  "keys.none": ["키가 없습니다.", "No keys."],
  "key.name": ["이름", "Name"],
  "key.scopes": ["용도", "What it is for"],
  "key.scopes.hint": ["아무것도 고르지 않으면 할 수 있는 일을 모두 합니다.", "Everything that its role allows, if none is chosen."],
  "scope.everything": ["모든 일", "everything"],
  "scope.read": ["보기", "read"],
  "scope.produce": ["광고 만들기", "make ads"],
  "scope.points": ["포인트 쓰기", "spend points"],
  "scope.account": ["계정 관리", "manage the account"],
  "scope.admin": ["관리자 일", "what admins do"],
  "key.days": ["기간", "How long it is good"],
  "key.days.some": ["{n}일", "{n} days"],
  "key.never": ["기한 없음", "never expires"],
  "key.until": ["{day}까지", "until {day}"],
  "key.expired": ["만료됨", "Expired"],
  "key.expired.at": ["{day}에 만료됨", "expired {day}"],
  "key.make": ["키 만들기", "Make a key"],
  "key.made": ["키를 만들었습니다.", "The key was made."],
  "key.secret": ["새 키입니다. 지금 한 번만 보여 드리니 적어 두세요.", "This is the new key. It is shown this once: keep it."],
  "key.lost": ["{id} 키는 만들었지만 답을 받지 못했습니다. 폐기하고 다시 만드세요.", "{id} was made, but the answer got lost. Revoke it and make another."],
  "key.revoke": ["폐기", "Revoke"],
  "key.revoke.text": ["{name} 키로는 더는 아무것도 할 수 없게 됩니다.", "{name} opens nothing any more."],
  "key.keep": ["그대로 두기", "Leave it"],
  "key.gone": ["키를 폐기했습니다.", "The key was revoked."],
  "desk": ["관리자 데스크", "Admin's desk"],
  "desk.unresolved": ["결정이 필요한 주문", "Orders that need a decision"],
  "desk.unresolved.lead": [
    "제공자가 주문을 받았는지 알 수 없습니다. 저절로 다시 사지는 않으니, 제공자의 작업 목록을 보고 정해 주세요.",
    "Nobody knows whether the provider took these. Nothing is bought again by itself: look at the provider's list of jobs and decide.",
  ],
  "desk.unresolved.none": ["결정할 주문이 없습니다.", "No order waits for a decision."],
  "desk.since": ["{day}부터", "since {day}"],
  "desk.job": ["제공자의 작업 번호", "The provider's name for the job"],
  "desk.adopt": ["이 작업으로 잇기", "Adopt this job"],
  "desk.give_up": ["포기하고 돌려주기", "Give up and give back"],
  "desk.give_up.text": [
    "이 단계는 실패로 끝나고, 쓴 포인트는 회원에게 돌아갑니다.",
    "The stage fails, and its points go back to the member.",
  ],
  "desk.buy_again": ["다시 사기", "Buy again"],
  "desk.buy_again.text": [
    "제공자에게 새로 주문합니다. 먼저 넣은 주문이 살아 있었다면 두 번 사게 됩니다.",
    "The provider is asked anew. If the first order was taken after all, it is paid for twice.",
  ],
  "desk.wait": ["더 기다리기", "Keep waiting"],
  "desk.decided": ["결정했습니다.", "Decided."],
  "desk.providers": ["제공자", "Providers"],
  "desk.providers.lead": [
    "멈춘 제공자에게는 아무것도 요청하지 않습니다. 기다리는 작업은 그대로 남습니다.",
    "A paused provider is asked for nothing. What waits for it loses nothing.",
  ],
  "desk.is.open": ["요청을 받습니다", "is asked"],
  "desk.is.paused": ["멈춤", "paused"],
  "desk.is.resting": ["{time}까지 쉼", "rests until {time}"],
  "desk.pause": ["멈추기", "Pause"],
  "desk.resume": ["다시 시작", "Resume"],
  "desk.paused": ["{name}: 멈췄습니다.", "{name} is paused."],
  "desk.resumed": ["{name}: 다시 시작했습니다.", "{name} is asked again."],
  "desk.queue": ["대기열", "The queue"],
  "desk.lane": ["대기 {waiting} · 진행 {running} · 밀려남 {dead}", "{waiting} waiting · {running} in hand · {dead} set aside"],
  "desk.next": ["다음 차례 {day}", "next due {day}"],
  "desk.jobs": ["작업", "Jobs"],
  "desk.jobs.waiting": ["기다리는 작업", "that wait"],
  "desk.jobs.running": ["진행 중인 작업", "in hand"],
  "desk.jobs.lapsed": ["소식이 끊긴 작업", "whose worker fell silent"],
  "desk.jobs.none": ["그런 작업이 없습니다.", "There is no such job."],
  "desk.lease": ["{time}까지 맡음", "in hand until {time}"],
  "desk.history": ["내역", "History"],
  "desk.books": ["장부", "The books"],
  "desk.books.lead": ["모든 규칙을 장부 전체에 대어 봅니다. 큰 장부에서는 시간이 걸립니다.", "Every rule is held against all of the books. With many it takes a while."],
  "desk.books.look": ["장부 보기", "Look at the books"],
  "desk.books.right": ["{n}개 규칙이 모두 맞습니다.", "All {n} rules hold."],
  "desk.books.wrong": ["장부가 맞지 않습니다.", "The books are not right."],
  "lane.lyric": ["가사", "Words"],
  "lane.song": ["노래", "Songs"],
  "lane.video": ["영상", "Videos"],
  "lane.house": ["내부 작업", "Work of the house"],
  "desk.dead": ["밀려난 작업", "Jobs that were set aside"],
  "desk.dead.none": ["밀려난 작업이 없습니다.", "No job was set aside."],
  "desk.tries": ["{n}번 실패", "failed {n} times"],
  "desk.replay": ["다시 해 보기", "Try again"],
  "desk.replay.all": ["모두 다시 해 보기", "Try all again"],
  "desk.replayed": ["다시 해 볼 작업: {n}", "Jobs to be tried again: {n}"],
  "desk.actions": ["관리자가 한 일", "What admins did"],
  "desk.actions.lead": ["무엇이든 바꾼 일은 여기에 남고 지워지지 않습니다.", "Whatever changed something stays here."],
  "desk.actions.none": ["아직 한 일이 없습니다.", "Nothing was done yet."],
  "desk.by": ["{actor}", "by {actor}"],
  "desk.by.program": ["명령줄", "the command line"],
  "action.setting.changed": ["설정 변경", "Setting changed"],
  "action.points.granted": ["포인트 지급", "Points given"],
  "action.points.taken_back": ["지급한 포인트 회수", "Points taken back"],
  "action.points.transferred": ["포인트 이전", "Points handed over"],
  "action.points.expired": ["만료 포인트 정리", "Expired points written off"],
  "action.points.corrected": ["포인트 장부 정정", "Points put right"],
  "action.job.replayed": ["작업 다시 시도", "Job tried again"],
  "action.jobs.replayed": ["작업 모두 다시 시도", "Jobs tried again"],
  "action.purchase.decided": ["주문 결정", "Order decided"],
  "action.provider.paused": ["제공자 멈춤", "Provider paused"],
  "action.provider.resumed": ["제공자 다시 시작", "Provider resumed"],
  "action.campaign.opened": ["캠페인 시작", "Campaign opened"],
  "action.coupon.revoked": ["쿠폰 회수", "Coupon taken back"],
  "action.pack.opened": ["포인트 상품 등록", "Pack put on sale"],
  "action.pack.changed": ["포인트 상품 변경", "Pack changed"],
  "action.channel.opened": ["채널 개설", "Channel opened"],
  "action.key.created": ["키 발급", "Key made"],
  "action.key.revoked": ["키 폐기", "Key revoked"],

  "points.balance": ["쓸 수 있는 포인트", "Points to spend"],
  "points.sum.accumulated": ["받은 포인트", "Received"],
  "points.sum.used": ["쓴 포인트", "Spent"],
  "points.sum.expired": ["소멸한 포인트", "Expired"],
  "points.soon": ["{points}는 {day}에 소멸합니다.", "{points} will expire on {day}."],
  "entries": ["포인트 내역", "Points in and out"],
  "entries.none": ["아직 내역이 없습니다.", "Nothing came or went yet."],
  "entry.accumulated": ["적립", "Received"],
  "entry.accumulation_canceled": ["적립 취소", "Taken back"],
  "entry.used": ["사용", "Spent"],
  "entry.use_canceled": ["사용 취소", "Given back"],
  "entry.expired": ["소멸", "Expired"],
  "entry.transferred": ["이체", "Transferred"],
  "entry.after": ["잔액 {points}", "{points} left"],
  "entry.made": ["{stage} 만들기", "{stage} for an ad"],
  "entry.slot": ["방송 자리 예약", "Booking of an ad slot"],
  "entry.order": ["주문 {order}", "Order {order}"],
  "entry.to": ["{member} 회원에게", "To {member}"],
  "entry.from": ["{member} 회원에게서", "From {member}"],

  "coupons": ["쿠폰", "Coupons"],
  "coupons.none": ["가진 쿠폰이 없습니다.", "You have no coupons."],
  "coupon.percent": ["{percent}% 할인", "{percent}% off"],
  "coupon.fixed": ["{won} 할인", "{won} off"],
  "coupon.least": ["{won} 이상 주문", "orders from {won}"],
  "coupon.number": ["{n}번째 쿠폰", "Coupon {n}"],
  "coupon.until": ["{day}까지", "until {day}"],
  "coupon.issued": ["사용 가능", "Ready to use"],
  "coupon.used": ["사용함", "Used"],
  "coupon.revoked": ["회수됨", "Taken back"],
  "coupon.expired": ["기간 만료", "Expired"],
  "campaigns": ["지금 받을 수 있는 쿠폰", "Coupons to claim"],
  "campaigns.none": ["지금 열린 행사가 없습니다.", "No campaign is open right now."],
  "campaign.claim": ["쿠폰 받기", "Claim"],
  "campaign.has": ["받았어요", "You have one"],
  "campaign.left": ["{total}장 중 {n}장 남음", "{n} of {total} left"],
  "campaign.days": ["받은 뒤 {n}일 동안", "good for {n} days"],
  "places": ["줄 서 있는 쿠폰", "Places in line"],
  "place.waiting": ["줄 서는 중", "In line"],
  "place.issued": ["받았어요", "Received"],
  "place.refused": ["받지 못함", "Not received"],
  "place.number": ["{n}번째 자리", "Place {n}"],
  "place.ahead": ["앞에 {n}명", "{n} ahead of you"],
  "campaign.claimed": ["{n}번째 쿠폰을 받았습니다.", "You have coupon {n}."],

  "bookings": ["방송 예약", "Ad slots"],
  "bookings.none": ["잡아 둔 자리가 없습니다.", "You hold no slots."],
  "booking.slot": ["{n}번 자리, {points}", "Slot {n}, {points}"],
  "booking.until": ["{time}까지 잡아 둠", "kept until {time}"],
  "booking.held": ["결제 대기", "Waiting for payment"],
  "booking.reserved": ["예약됨", "Booked"],
  "booking.expired": ["시간 초과", "Ran out of time"],
  "booking.released": ["반납함", "Given back"],
  "booking.canceled": ["취소됨", "Canceled"],
  "booking.release": ["자리 반납", "Give back"],
  "booking.cancel": ["예약 취소", "Cancel the booking"],
  "booking.keep": ["그대로 두기", "Keep it"],
  "booking.cancel.title": ["이 예약을 취소할까요?", "Cancel this booking?"],
  "booking.cancel.text": ["{points}를 돌려받고, 자리는 다른 사람이 잡을 수 있게 됩니다.", "You get {points} back, and others may have the slot."],
  "booking.returned": ["취소했습니다. {points}를 돌려받았어요.", "Canceled. You got {points} back."],
  "booking.gone": ["자리를 반납했습니다.", "The slot was given back."],

  "grant": ["포인트 지급", "Give points"],
  "grant.member": ["받을 회원", "Member"],
  "grant.member.hint": ["회원의 ‘내 정보’에 있는 회원 번호입니다.", "The member id under “About me” on the member’s own page."],
  "grant.me": ["나에게", "To me"],
  "grant.kind": ["종류", "Kind"],
  "grant.kind.bonus": ["보너스", "Bonus"],
  "grant.kind.manual": ["수동 지급", "By hand"],
  "grant.kind.charge": ["충전", "Charge"],
  "grant.amount": ["포인트", "Points"],
  "grant.days": ["유효 기간(일)", "Good for (days)"],
  "grant.go": ["포인트 지급", "Give points"],
  "grant.done": ["{points}를 지급했습니다. {day}까지 쓸 수 있어요.", "{points} given. They are good until {day}."],
  "grant.nobody": ["그런 회원이 없습니다. 회원 번호를 확인해 주세요.", "There is no such member. Check the id."],

  "home.title": ["가게를 노래로 알리세요", "Your business, sung"],
  "home.lead": [
    "가게 이름과 사진 몇 장이면 됩니다. 가사를 쓰고, 노래를 짓고, 영상으로 만들어 드려요.",
    "A name, a place and a few photos. The words, the song and the video are made for you.",
  ],
  "brief": ["광고할 가게", "The business"],
  "brief.name": ["가게 이름", "Business name"],
  "brief.name.hint": ["노래와 화면에 그대로 나옵니다.", "It is sung and shown just as you write it."],
  "brief.name.example": ["다온카페", "Harbour Bakery"],
  "brief.region": ["지역", "Place"],
  "brief.region.example": ["부산 해운대", "Old Town, Bristol"],
  "brief.details": ["알리고 싶은 것", "What people should know"],
  "brief.details.hint": ["메뉴, 분위기, 자랑거리, 행사. 적은 만큼 가사에 담깁니다.", "What you serve, the mood, what you are proud of. It goes into the words."],
  "brief.details.example": ["바다가 보이는 작은 카페. 직접 구운 소금빵과 핸드드립 커피.", "A small bakery by the water. Sourdough at seven, coffee all day."],
  "brief.language": ["노래 언어", "Language of the song"],
  "language.ko": ["한국어", "Korean"],
  "language.en": ["영어", "English"],
  "brief.orientation": ["화면 모양", "Shape of the video"],
  "orientation.vertical": ["세로", "Vertical"],
  "orientation.square": ["정사각형", "Square"],
  "orientation.horizontal": ["가로", "Horizontal"],
  "orientation.vertical.use": ["릴스·쇼츠", "Reels, Shorts"],
  "orientation.square.use": ["피드", "Feeds"],
  "orientation.horizontal.use": ["유튜브·매장 화면", "YouTube, screens"],
  "brief.style": ["노래 분위기", "Sound of the song"],
  "brief.style.hint": ["고르거나 직접 적으세요. 비워 두어도 됩니다.", "Pick one, write your own, or leave it empty."],
  "optional": ["선택", "optional"],
  "create": ["광고 만들기", "Make the ad"],
  "create.read": ["가사를 먼저 볼게요", "Let me read the words first"],
  "create.draft": ["저장만 하기", "Just save it"],
  "create.note": ["가사, 노래, 영상까지 한 번에 만듭니다.", "Words, song and video in one go."],
  "creating": ["저장하는 중…", "Saving…"],
  "uploading": ["사진 올리는 중…", "Uploading photos…"],
  "preview": ["미리 보기", "Preview"],
  "preview.name": ["가게 이름", "Business name"],
  "preview.region": ["지역", "Place"],

  "photos": ["사진", "Photos"],
  "photos.drop": ["사진을 여기에 놓으세요", "Drop photos here"],
  "photos.how": ["끌어다 놓거나, 붙여 넣거나, 파일을 고르세요. JPEG, PNG, WebP, 한 장에 15MB까지 20장.", "Drag, paste or choose files. JPEG, PNG or WebP, up to 15 MB each, 20 in all."],
  "photos.choose": ["파일 고르기", "Choose files"],
  "photos.order": ["이 순서대로 영상에 나옵니다.", "They appear in the video in this order."],
  "photos.locked": ["영상을 만드는 동안에는 사진을 바꿀 수 없어요.", "Photos cannot change while the video is being made."],
  "photos.none": ["아직 사진이 없습니다.", "No photos yet."],
  "photos.needed": ["사진을 한 장 이상 넣어 주세요.", "Add at least one photo."],
  "photos.left": ["{n}번째 사진을 앞으로", "Move photo {n} earlier"],
  "photos.right": ["{n}번째 사진을 뒤로", "Move photo {n} later"],
  "photos.remove": ["{n}번째 사진 빼기", "Remove photo {n}"],
  "photos.alt": ["{n}번째 사진", "Photo {n}"],
  "photos.again": ["다시 올리기", "Upload again"],
  "photos.progress": ["{n}번째 사진 올리는 중", "Uploading photo {n}"],
  "photos.type": ["JPEG, PNG, WebP 사진만 쓸 수 있어요.", "Only JPEG, PNG and WebP can be used."],
  "photos.large": ["15MB보다 큽니다.", "Larger than 15 MB."],
  "photos.many": ["사진은 20장까지 넣을 수 있어요.", "A project takes at most 20 photos."],
  "photos.moved": ["사진이 {n}번째로 옮겨졌습니다.", "The photo is now number {n}."],
  "photos.failed": ["올리지 못한 사진이 있어요. 빼거나 다시 올린 뒤 계속하세요.", "Some photos could not be uploaded. Remove them or try again, then go on."],

  "projects": ["내 광고", "My ads"],
  "projects.none": ["아직 만든 광고가 없습니다.", "No ads yet."],
  "projects.none.lead": ["가게 이름, 지역, 사진 한 장이면 첫 광고를 만들 수 있어요.", "A name, a place and one photo are enough for the first."],
  "projects.more": ["더 보기", "Show more"],
  "status.draft": ["준비 중", "Draft"],
  "status.producing": ["만드는 중", "In the making"],
  "status.finished": ["완성", "Finished"],
  "status.failed": ["실패", "Failed"],
  "status.canceled": ["취소됨", "Canceled"],
  "status.archived": ["보관됨", "Archived"],

  "track": ["진행 상황", "Progress"],
  "stage.lyric": ["가사", "Words"],
  "stage.song": ["노래", "Song"],
  "stage.video": ["영상", "Video"],
  "state.absent": ["아직 없음", "Not made yet"],
  "state.next": ["다음 차례", "Up next"],
  "state.requested": ["차례 기다리는 중", "Waiting its turn"],
  "state.submitting": ["주문 넣는 중", "Placing the order"],
  "state.collecting": ["받아 오는 중", "Fetching the result"],
  "state.writing": ["쓰는 중", "Being written"],
  "state.composing": ["짓는 중", "Being composed"],
  "state.rendering": ["그리는 중", "Being rendered"],
  "state.unresolved": ["확인 필요", "Needs a decision"],
  "state.ready": ["완성", "Ready"],
  "state.edited": ["고침", "Edited"],
  "state.decided": ["결정됨", "Decided on"],
  "state.failed": ["실패", "Failed"],
  "state.canceled": ["취소됨", "Canceled"],
  "state.older": ["예전 것", "From an earlier version"],
  "unresolved": [
    "제작사가 주문을 받았는지 확인되지 않습니다. 두 번 사지 않도록 멈춰 두었어요.",
    "It is not known whether the provider took the order. It is on hold so that it is not bought twice.",
  ],
  "queue": ["앞에 {n}건", "{n} ahead"],
  "progress": ["{stage} 진행률", "Progress of the {stage}"],
  "said": ["{stage}: {state}", "{stage}: {state}"],
  "cancel": ["그만 만들기", "Stop"],
  "cancel.note": ["이미 완성된 것은 그대로 남습니다.", "What is ready already stays."],
  "canceled": ["멈췄습니다.", "Stopped."],

  "steps": ["다음 단계", "Next step"],
  "steps.else": ["다른 방법으로 계속하기", "Or go on another way"],
  "steps.start": ["준비되면 시작하세요.", "Start when you are ready."],
  "steps.song": ["가사가 나왔습니다. 읽어 보고 고친 뒤 노래로 만드세요.", "The words are there. Read them, change what you like, then have them set to music."],
  "steps.video": ["노래가 나왔습니다. 들어 보고 영상으로 만드세요.", "The song is there. Listen, then have the video made."],
  "steps.more": ["다른 버전 만들기", "Make another version"],
  "steps.more.lead": ["지금 영상은 그대로 두고 모양을 바꾸거나, 노래나 가사부터 새로 만들 수 있어요.", "Another shape of the same song, a new song, or new words from the start."],
  "produce": ["광고 만들기", "Make the ad"],
  "produce.rest": ["영상까지 한 번에", "Go on to the video"],
  "write": ["가사 먼저 쓰기", "Write the words first"],
  "write.again": ["새 가사", "New words"],
  "write.own": ["직접 쓸게요", "I will write them myself"],
  "song": ["노래 만들기", "Make the song"],
  "song.again": ["새 노래", "New song"],
  "video": ["영상 만들기", "Make the video"],
  "video.again": ["새 영상", "New video"],

  "lyric.title": ["제목", "Title"],
  "lyric.text": ["가사", "Words"],
  "lyric.hint": ["[Verse], [Chorus], [Bridge], [Outro]로 부분을 나눕니다. 60줄까지, 한 줄에 100자까지.", "[Verse], [Chorus], [Bridge] and [Outro] begin a part. Up to 60 lines of up to 100 characters."],
  "lyric.save": ["가사 저장", "Save the words"],
  "lyric.saved": ["저장했습니다.", "Saved."],
  "lyric.unsaved": ["저장하지 않은 변경이 있어요.", "There are unsaved changes."],
  "lyric.edited": ["직접 고친 가사입니다.", "Edited by you."],
  "lyric.written": ["지금 쓰고 있어요…", "Being written just now…"],
  "lyric.used": ["이 가사로 노래를 만들었습니다. 고치려면 새 가사를 부탁하세요.", "A song was made from these words. Ask for new words to change them."],

  "versions": ["먼저 만든 영상", "Earlier videos"],
  "video.download": ["영상 내려받기", "Download the video"],
  "video.shape": ["{shape}, {time}", "{shape}, {time}"],
  "captions": ["자막", "Captions"],
  "captions.vtt": ["자막 .vtt", "Captions .vtt"],
  "captions.lrc": ["가사 .lrc", "Lyrics .lrc"],
  "song.download": ["노래 내려받기", "Download the song"],
  "song.instrumental": [
    "기본 내장 노래는 연주곡입니다. 가사는 영상 속 글자와 자막으로 보여 드려요.",
    "The built-in song is an instrumental: nobody sings. The words are carried as captions.",
  ],

  "failure": ["{stage} 단계에서 멈췄습니다", "The {stage} could not be made"],
  "failure.provider": ["제작사", "Provider"],
  "failure.code": ["코드", "Code"],
  "failure.provider-code": ["제작사 코드", "Provider's code"],
  "failure.at": ["시각", "When"],
  "failure.helps": ["다시 시도하면 될 수 있어요.", "Trying again may help."],
  "failure.useless": ["그대로 다시 시도하면 또 실패할 가능성이 높습니다. 내용을 바꿔 보세요.", "Trying the same again will probably fail. Change something first."],
  "failure.free": ["이번 실패에는 요금이 들지 않았습니다.", "Nothing was charged for it."],
  "retry": ["다시 시도", "Try again"],
  "failed.provider_refused": ["제작사가 이 작업을 거절했습니다.", "The provider refused the job."],
  "failed.provider_unavailable": ["제작사가 응답하지 않습니다.", "The provider does not answer."],
  "failed.provider_failed": ["제작사에서 작업이 실패했습니다.", "The provider took the job and failed."],
  "failed.lyric_unusable": ["쓸 수 있는 가사가 나오지 않았습니다.", "What was written is not a usable lyric."],
  "failed.result_unusable": ["받은 결과를 쓸 수 없습니다.", "What came back cannot be used."],
  "failed.media_missing": ["필요한 파일이 사라졌습니다.", "A file that is needed is no longer there."],
  "failed.storage_failed": ["결과를 저장하지 못했습니다.", "The result could not be stored."],
  "failed.unresolved": ["제작사가 주문을 받았는지 알 수 없어 중단했습니다.", "Nobody knows whether the provider took the order."],
  "failed.insufficient_points": ["포인트가 모자라 시작하지 못했습니다.", "There were not enough points to begin it."],
  "failed.internal": ["프로그램 안에서 문제가 생겼습니다.", "Something broke inside the program."],

  "summary": ["가게 정보", "About the ad"],
  "summary.change": ["고치기", "Change"],
  "summary.save": ["저장", "Save"],
  "summary.cancel": ["취소", "Cancel"],
  "history": ["기록", "History"],
  "archive": ["보관하기", "Archive"],
  "archive.title": ["이 광고를 보관할까요?", "Archive this ad?"],
  "archive.text": ["목록에서 사라지고 더 만들 수 없게 됩니다. 주소로는 계속 열 수 있어요.", "It leaves the list and nothing more can be made of it. Its address still opens it."],
  "archived": ["보관했습니다.", "Archived."],
  "archived.note": ["보관된 광고입니다.", "This ad is archived."],
  "missing.title": ["그런 광고가 없습니다", "There is no such ad"],
  "missing.lead": ["주소가 잘못되었거나 다른 사람의 광고입니다.", "The address is wrong, or it is somebody else's."],

  "event.project.created": ["프로젝트를 만들었습니다", "Project opened"],
  "event.project.updated": ["가게 정보를 고쳤습니다", "Details changed"],
  "event.project.finished": ["광고가 완성되었습니다", "Ad finished"],
  "event.project.failed": ["광고를 완성하지 못했습니다", "Ad failed"],
  "event.project.canceled": ["만들기를 멈췄습니다", "Stopped"],
  "event.project.archived": ["보관했습니다", "Archived"],
  "event.images.added": ["사진을 넣었습니다", "Photos added"],
  "event.image.removed": ["사진을 뺐습니다", "Photo removed"],
  "event.images.reordered": ["사진 순서를 바꿨습니다", "Photos reordered"],

  "event.points.accumulated": ["포인트를 받았습니다", "Points received"],
  "event.points.accumulation_canceled": ["받은 포인트가 회수되었습니다", "Points taken back"],
  "event.points.used": ["포인트를 썼습니다", "Points spent"],
  "event.points.use_canceled": ["포인트를 돌려받았습니다", "Points given back"],
  "event.points.expired": ["포인트가 소멸했습니다", "Points expired"],
  "event.points.transferred": ["포인트가 이체되었습니다", "Points transferred"],
  "event.member.registered": ["가입했습니다", "Joined"],
  "event.member.updated": ["내 정보를 고쳤습니다", "Account changed"],
  "event.key.created": ["키를 만들었습니다", "Key made"],
  "event.key.revoked": ["키를 폐기했습니다", "Key revoked"],
  "event.settings.changed": ["설정을 바꿨습니다", "Setting changed"],
  "event.coupon.issued": ["쿠폰을 받았습니다", "Coupon received"],
  "event.coupon.refused": ["줄 선 쿠폰을 받지 못했습니다", "No coupon was left in line"],
  "event.coupon.used": ["쿠폰을 썼습니다", "Coupon used"],
  "event.coupon.revoked": ["쿠폰이 회수되었습니다", "Coupon taken back"],
  "event.coupon.returned": ["쿠폰을 돌려받았습니다", "Coupon given back"],
  "event.coupon.expired": ["쿠폰 기간이 끝났습니다", "Coupon expired"],
  "event.order.created": ["주문했습니다", "Order placed"],
  "event.order.paid": ["주문을 결제했습니다", "Order paid"],
  "event.order.expired": ["결제하지 않아 주문이 끝났습니다", "Order ran out of time"],
  "event.order.canceled": ["주문을 취소했습니다", "Order canceled"],
  "event.slot.held": ["방송 자리를 잡았습니다", "Slot held"],
  "event.slot.released": ["방송 자리를 반납했습니다", "Slot given back"],
  "event.slot.expired": ["결제하지 않아 자리가 풀렸습니다", "Slot ran out of time"],
  "event.slot.reserved": ["방송 자리를 예약했습니다", "Slot booked"],
  "event.slot.canceled": ["방송 예약을 취소했습니다", "Booking canceled"],
  "event.webhook.created": ["웹훅을 만들었습니다", "Webhook made"],
  "event.webhook.updated": ["웹훅을 고쳤습니다", "Webhook changed"],
  "event.webhook.disabled": ["웹훅이 꺼졌습니다", "Webhook switched off"],
  "event.webhook.deleted": ["웹훅을 삭제했습니다", "Webhook deleted"],

  "problem.unreachable": ["프로그램이 응답하지 않습니다. 실행 중인지 확인해 주세요.", "Castad does not answer. Is it still running?"],
  "problem.unauthorized": ["로그인이 필요합니다.", "You need to log in."],
  "problem.scope_missing": ["이 키의 용도가 아닙니다.", "This key is not for that."],
  "problem.forbidden": ["이 키로는 할 수 없는 일입니다.", "This key does not allow that."],
  "problem.not_found": ["찾을 수 없습니다.", "There is no such thing."],
  "problem.timeout": ["너무 오래 걸려 멈췄습니다. 다시 시도해 주세요.", "It took too long. Please try again."],
  "problem.already_processing": ["만드는 중입니다. 끝나기를 기다리거나 먼저 멈춰 주세요.", "Something is being made. Wait for it, or stop it first."],
  "problem.backlog_full": ["기다리는 작업이 너무 많습니다. 일부가 끝난 뒤 다시 해 주세요.", "Too many productions are waiting. Try again once some have ended."],
  "problem.rate_limited": ["요청이 너무 잦습니다. 잠시 뒤 다시 시도해 주세요.", "Too much was asked at once. Please try again in a moment."],
  "problem.too_many_attempts": ["시도가 너무 많았습니다. 잠시 뒤 다시 시도해 주세요.", "Too many attempts. Please try again later."],
  "problem.too_many_streams": ["열린 화면이 너무 많습니다. 쓰지 않는 창을 닫아 주세요.", "Too many pages are open. Close those that you do not need."],
  "problem.too_many_connections": ["접속이 너무 많습니다. 잠시 뒤 다시 시도해 주세요.", "Too many are connected. Please try again in a moment."],
  "problem.head_too_large": ["요청이 너무 깁니다. 쿠키를 지우고 다시 시도해 주세요.", "The request is too long. Clear your cookies and try again."],
  "problem.not_allowed_now": ["지금 상태에서는 할 수 없습니다.", "That is not possible right now."],
  "problem.prerequisite_missing": ["먼저 필요한 것이 있습니다.", "Something else is needed first."],
  "problem.stage_failed": ["만들지 못했습니다. 프로젝트에서 다시 시도해 주세요.", "It could not be made. Try again from its project."],
  "problem.stage_canceled": ["만들기를 취소했습니다. 필요하면 다시 만들어 주세요.", "It was canceled. Ask for it again if you need it."],
  "problem.nothing_missing": ["이미 모두 만들어졌습니다.", "Everything is made already."],
  "problem.nothing_failed": ["다시 시도할 것이 없습니다.", "There is nothing to try again."],
  "problem.lyric_in_use": ["이 가사로 이미 노래를 만들었습니다.", "A song was made from these words."],
  "problem.too_many_images": ["사진은 20장까지 넣을 수 있어요.", "A project takes at most 20 photos."],
  "problem.idempotency_in_flight": ["같은 요청을 처리하는 중입니다.", "The same request is being carried out."],
  "problem.busy": ["동시에 다른 변경이 있었어요. 다시 시도해 주세요.", "Something else changed at the same time. Please try again."],
  "problem.body_too_large": ["파일이 너무 큽니다.", "The file is too large."],
  "problem.unsupported_media_type": ["이 형식은 받을 수 없습니다.", "This type of file is not taken."],
  "problem.invalid_input": ["표시된 곳을 확인해 주세요.", "Please check what is marked."],
  "problem.picture_rejected": ["이 사진은 쓸 수 없습니다.", "This picture cannot be used."],
  "problem.insufficient_points": ["포인트가 모자랍니다.", "There are not enough points."],
  "problem.wrong_log_in": ["이메일이나 비밀번호가 맞지 않습니다.", "The email or the password is wrong."],
  "problem.duplicate_email": ["이미 가입한 이메일입니다. 로그인해 주세요.", "This email is taken. Log in instead."],
  "problem.sold_out": ["모두 소진되었습니다.", "Nothing is left."],
  "problem.already_issued": ["이미 받은 쿠폰입니다.", "You have had a coupon of this campaign."],
  "problem.not_open": ["아직 열리지 않은 행사입니다.", "This campaign is not open yet."],
  "problem.coupon_unusable": ["이 주문에는 쓸 수 없는 쿠폰입니다.", "This coupon cannot be used for this order."],
  "problem.being_paid": ["결제하는 중입니다. 잠시 기다려 주세요.", "It is being paid. Please wait a moment."],
  "problem.payment_declined": ["결제가 거절되었습니다.", "The payment was declined."],
  "problem.payments_unavailable": ["지금은 결제할 수 없습니다.", "Payments do not work right now."],
  "problem.version_mismatch": ["그사이 다른 사람이 바꿨습니다. 다시 확인해 주세요.", "Somebody else changed it meanwhile. Please look again."],
  "problem.balance_limit": ["가질 수 있는 포인트를 넘습니다.", "The balance would pass its limit."],
  "problem.order_number_used": ["이미 포인트를 쓴 주문입니다.", "Points were spent on this order already."],
  "problem.order_number_reserved": ["쓸 수 없는 주문 번호입니다.", "This order number cannot be used."],
  "problem.exceeds_usage": ["돌려받을 수 있는 포인트보다 많습니다.", "Less than that may come back."],
  "problem.already_canceled": ["이미 취소되었습니다.", "It was canceled already."],
  "problem.lot_bought": ["구매한 포인트는 주문을 취소해야 회수됩니다.", "These points were bought: cancel their order."],
  "problem.lot_in_use": ["이미 쓴 포인트가 있어 회수할 수 없습니다.", "Some of these points are spent."],
  "problem.lot_expired": ["이미 소멸한 포인트입니다.", "These points have expired."],
  "problem.slot_unavailable": ["다른 사람이 먼저 잡은 자리입니다.", "Somebody else has the slot."],
  "problem.slot_over": ["방송 날짜가 지난 자리입니다.", "The day of the slot is over."],
  "problem.too_many_holds": ["잡아 둔 자리가 너무 많습니다.", "You hold too many slots."],
  "problem.hold_expired": ["잡아 둔 시간이 지났습니다.", "The slot is held no longer."],
  "problem.too_many_webhooks": ["웹훅은 20개까지 만들 수 있습니다.", "A member has at most 20 webhooks."],
  "problem.video_not_ready": ["아직 완성되지 않은 영상입니다.", "The video is not ready."],
  "problem.queue_token_invalid": ["대기표가 필요합니다.", "A queue token is needed."],
  "problem.queue_token_waiting": ["아직 차례가 아닙니다.", "Your turn has not come."],
  "problem.internal": ["문제가 생겼습니다. 잠시 뒤 다시 시도해 주세요.", "Something broke. Please try again in a moment."],
  "problem.unavailable": ["서비스 일부가 응답하지 않습니다. 잠시 뒤 다시 시도해 주세요.", "A part of the service does not answer. Please try again in a moment."],
  "problem.storage_full": ["저장 공간이 가득 찼습니다.", "There is no room left on the disk."],
};

/** What the service says about a text, and how the console says it. */
const REASONS = [
  [/^must be https and lead/, ["누구나 접속할 수 있는 https 주소여야 합니다.", "It must be https, at a host that everybody can reach."]],
  [/^must be an address such as/, ["https://로 시작하는 주소를 입력해 주세요.", "Please enter an address that begins with https://."]],
  [/^there is no event like "(.*?)"/, ["{0} 이벤트는 없습니다.", "There is no event like {0}."]],
  [/^an amount is from (\d+) to (\d+) in steps of 1$/, ["{0}부터 {1}까지 쓸 수 있어요.", "From {0} to {1}."]],
  [/^an amount is from (\d+) to (\d+) in steps of (\d+)/, ["{0}부터 {1}까지 {2} 단위로 쓸 수 있어요.", "From {0} to {1} in steps of {2}."]],
  [/^points are good for (\d+) to (\d+) days/, ["{0}일부터 {1}일까지 쓸 수 있어요.", "From {0} to {1} days."]],
  [/^(is required and )?must be a whole number/, ["숫자로 입력해 주세요.", "Please enter a whole number."]],
  [/^not an id that begins with/, ["번호가 올바르지 않습니다.", "This is not an id."]],
  [/^it must look like name@/, ["name@example.com처럼 입력해 주세요.", "It must look like name@example.com."]],
  [/^it has (\d+) characters, from (\d+) to (\d+)/, ["{1}자부터 {2}자까지 쓸 수 있어요.", "From {1} to {2} characters."]],
  [/^a booking is canceled before its day/, ["방송 당일부터는 취소할 수 없습니다.", "A booking can be canceled until the day before."]],
  [/^(is required|it is empty)$/, ["입력해 주세요.", "Please fill this in."]],
  [/^it has (\d+) characters, at most (\d+)/, ["{0}자입니다. {1}자까지 쓸 수 있어요.", "{0} characters; at most {1} fit."]],
  [/^the character U\+([0-9A-F]+)/, ["‘{c}’은(는) 쓸 수 없어요. 글자, 숫자, 문장부호만 써 주세요.", "“{c}” cannot be used. Use letters, digits and punctuation."]],
  [/^it needs at least one letter/, ["글자나 숫자가 하나는 있어야 해요.", "It needs at least one letter or digit."]],
  [/^\[(.*)\] is not a heading/, ["[{0}]은(는) 쓸 수 없는 머리말입니다. [Verse], [Chorus], [Bridge], [Outro]만 됩니다.", "[{0}] is not a heading. Use [Verse], [Chorus], [Bridge] or [Outro]."]],
  [/^it has no line/, ["가사가 한 줄도 없어요.", "There is no line to sing."]],
  [/^it has (\d+) lines, at most (\d+)/, ["{0}줄입니다. {1}줄까지 쓸 수 있어요.", "{0} lines; at most {1} fit."]],
  [/^the file is empty/, ["빈 파일입니다.", "The file is empty."]],
  [/^the file is (not a picture|.*: only JPEG)/, ["JPEG, PNG, WebP 사진만 쓸 수 있어요.", "Only JPEG, PNG and WebP can be used."]],
  [/^the picture is damaged/, ["사진 파일이 손상되었습니다.", "The picture is damaged or cut short."]],
  [/^the picture is (\d+) x (\d+): at most/, ["사진이 너무 큽니다({0}×{1}).", "The picture is too large ({0} × {1})."]],
  [/^the picture is (\d+) x (\d+): at least (\d+)/, ["사진이 너무 작습니다({0}×{1}). 한 변이 {2}픽셀은 되어야 해요.", "The picture is too small ({0} × {1}); each side needs {2} pixels."]],
  [/^there is no picture/, ["사진을 한 장 이상 넣어 주세요.", "Add at least one photo first."]],
  [/^there is no lyric/, ["먼저 가사가 필요합니다.", "The words are needed first."]],
  [/^there is no song/, ["먼저 노래가 필요합니다.", "A song is needed first."]],
];

const STYLES = {
  ko: ["잔잔한 어쿠스틱", "경쾌한 시티팝", "따뜻한 발라드", "신나는 댄스", "재즈 트리오", "로파이"],
  en: ["bright acoustic pop", "warm ballad", "city pop", "upbeat dance", "jazz trio", "lo-fi"],
};

const KEPT = "castad.language";
let language = kept() ?? (navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en");

/** Storage may be switched off in this browser. */
function kept() {
  try {
    const word = localStorage.getItem(KEPT);
    return word === "ko" || word === "en" ? word : null;
  } catch {
    return null;
  }
}

export const spoken = () => language;

export function speak(other) {
  language = other;
  try {
    localStorage.setItem(KEPT, other);
  } catch {
    // It holds for this visit only.
  }
}

const chosen = (pair) => pair[language === "ko" ? 0 : 1];
const fill = (text, values) => text.replace(/\{([\w-]+)\}/g, (whole, name) => values[name] ?? whole);

/** The sentence of that name. */
export function t(name, values = {}) {
  const pair = WORDS[name];
  return pair ? fill(chosen(pair), values) : name;
}

export const knows = (name) => name in WORDS;

/** What an event tells, in a few words. */
export function happened(type) {
  if (knows(`event.${type}`)) return t(`event.${type}`);
  const [stage, state] = type.split(".");
  return `${t(`stage.${stage}`)}: ${t(`state.${state}`)}`;
}

/** What the service said about a text, in the reader's language where we know the sentence. */
export function reason(detail) {
  const line = /^line (\d+): (.*)$/s.exec(detail);
  if (line) return `${chosen(["{n}번째 줄: ", "Line {n}: "]).replace("{n}", line[1])}${reason(line[2])}`;
  const bare = detail.replace(/^(the title|file \d+): /, "");
  for (const [pattern, pair] of REASONS) {
    const found = pattern.exec(bare);
    if (!found) continue;
    const [, ...parts] = found;
    const c = pattern.source.includes("U\\+") ? String.fromCodePoint(parseInt(parts[0], 16)) : "";
    return fill(chosen(pair), { ...parts, c });
  }
  return bare;
}

/** A refused request in the reader's language. */
export function told(problem) {
  const [first] = problem.errors ?? [];
  const detail = first?.detail ?? problem.message ?? "";
  const said = reason(detail);
  const known = `problem.${problem.code}`;
  if (said !== detail) return said;
  if (!knows(known)) return detail;
  const tells = problem.code === "picture_rejected" || problem.code === "invalid_input";
  return tells && detail ? `${t(known)} (${said})` : t(known);
}

/** Sounds that an owner may want, in the language of the song. */
export const styles = (songLanguage) => STYLES[songLanguage];

export function day(time) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
}

/** A calendar day, which is the same day wherever it is read. */
export function date(text) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${text}T00:00:00Z`));
}

export const clockTime = (time) => new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(new Date(time));

export const count = (number) => new Intl.NumberFormat(language).format(number);

export const points = (number) => (language === "ko" ? `${count(number)}P` : `${count(number)} ${Math.abs(number) === 1 ? "point" : "points"}`);

export const won = (number) => (language === "ko" ? `${count(number)}원` : `₩${count(number)}`);

export function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
