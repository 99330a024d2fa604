"""Why a file is not taken."""
from app.kit.problems import Invalid, Problem, Unavailable
from app.kit.text import Text


class UnknownFile(Invalid):
    """The bytes are none of the kinds that we take, whatever the name says."""

    slug = "unknown-file"
    status = 415
    title = Text(zh="请上传照片（JPEG、PNG、WebP）、PDF 或录音，别的文件打不开。",
                 en="Please upload a photo (JPEG, PNG, WebP), a PDF or a recording; other files cannot be opened.")


class FileTooLarge(Problem):
    """`most` is the limit of this kind in bytes."""

    slug = "file-too-large"
    status = 413
    title = Text(zh="文件太大了，请压缩后再传。", en="The file is too large; please make it smaller and try again.")


class BrokenFile(Invalid):
    """It begins like a file of its kind but cannot be read to the end."""

    slug = "broken-file"
    title = Text(zh="文件打不开，可能没有传完整。请重新拍一张或重新选择。",
                 en="The file cannot be opened, perhaps it is incomplete. Please take or choose it again.")


class TooManyPixels(Invalid):
    """A picture that would unfold to more pixels than any camera makes."""

    slug = "too-many-pixels"
    title = Text(zh="图片的像素太多，打不开。请用手机重新拍一张。",
                 en="The picture has too many pixels to open. Please take it again with a phone.")


class PicturesWait(Unavailable):
    """Other pictures are still being drawn; `retry_after` says in how many seconds to send this one again."""

    slug = "pictures-wait"
    title = Text(zh="现在传图片的人多，这张还没有保存。请过几秒再传一次。",
                 en="Many pictures are coming in right now and this one was not saved. Please send it again in a few "
                    "seconds.")


class WrongPages(Invalid):
    """No page, or more than a document holds."""

    slug = "wrong-pages"
    title = Text(zh="请上传 1 到 20 页。", en="Please upload between 1 and 20 pages.")
